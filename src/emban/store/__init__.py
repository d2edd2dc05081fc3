"""The event store: the only place with ClickHouse SQL, and the only way to events is through a Scope."""
