"""Structured queries: spec → validate → window → plan → compile → run → shape, each a pure step but `run`.

One model stands behind widgets, `/v1/query`, filter lists, alerts, reports and exports, so that the number on the
screen, in the file and in the alert is the same number. docs/reference/queries.md describes it.
"""
