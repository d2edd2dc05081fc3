"""How a question is answered: which path, which reads, and how a window is split among rollups and events."""
