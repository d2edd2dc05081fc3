"""Whether Emban can be trusted at this moment, and what shows it."""
