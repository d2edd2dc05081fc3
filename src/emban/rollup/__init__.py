"""Hourly and daily rollups of the events: what they hold, and who keeps them up."""
