"""From a read to one SQL statement, and the proof that it carries its scope."""
