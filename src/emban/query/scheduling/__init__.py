"""Who may ask the event store, how much at once, and who goes first."""
