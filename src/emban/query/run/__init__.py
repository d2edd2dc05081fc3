"""Reads run on the event store."""
