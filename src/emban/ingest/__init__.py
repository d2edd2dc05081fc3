"""Events in: decode → check → deduplicate → group commit. Nothing is acknowledged before it is stored."""
