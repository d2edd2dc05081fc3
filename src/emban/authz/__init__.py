"""May you: the least role of every route in one table, and the guard that reads it."""
