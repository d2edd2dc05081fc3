"""Dashboards: drafts and snapshots, their widgets' results, and what discovery finds to make one from."""
