"""Events in bulk, from files."""
