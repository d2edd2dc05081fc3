"""What a team keeps outside of dashboards: reusable widgets and saved SQL."""
