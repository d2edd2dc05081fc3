"""The embedded ClickHouse: its child process, the HTTP face of that, and its walls."""
