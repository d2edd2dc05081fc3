"""Orgs: their settings, members, invitations, environments, API keys, and the removal of data."""
