"""From rows to answers, and answers kept in memory."""
