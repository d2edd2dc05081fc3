"""`emban demo`: an imaginary SaaS with sample events and an embed in its page. None of it runs in `emban serve`."""
