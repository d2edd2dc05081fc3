"""Who are you: passwords, console sessions, API keys and embed tokens become a principal here."""
