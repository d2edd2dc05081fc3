"""The shell: the application, how its rooms are wired, and what surrounds every request."""
