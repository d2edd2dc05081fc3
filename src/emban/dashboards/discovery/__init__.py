"""What an org's events hold, and the dashboard that is made of it."""
