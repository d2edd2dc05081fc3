"""Embedded PostgreSQL and ClickHouse: children of `emban serve` that speak the real servers' wire protocols."""
