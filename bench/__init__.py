"""Benchmarks: ratios within one run, printed, never asserted. docs/performance.md says how to read them."""
