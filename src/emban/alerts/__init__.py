"""Alerts: rules about a widget's figure, evaluated every minute, that tell people and programs when they hold."""
