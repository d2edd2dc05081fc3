"""What a viewer is shown of a dashboard: its widgets' answers and the files made of them."""
