"""`emban serve` as a process tree: children started, watched, restarted and ended."""
