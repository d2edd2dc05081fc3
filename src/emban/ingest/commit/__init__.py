"""From accepted events to stored ones: requests written together, once each, whatever is killed."""
