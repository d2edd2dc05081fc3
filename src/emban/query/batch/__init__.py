"""Reads that look at the same rows become one, and its rows are told apart again."""
