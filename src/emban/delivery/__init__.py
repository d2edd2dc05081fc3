"""What leaves Emban on its own: one way out over HTTP, and the log of every attempt."""
