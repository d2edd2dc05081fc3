"""The audit log: one row per state change, in the change's own transaction, chained by hash."""
