"""Dashboards as files without a browser: V8 draws as the pages do, typst sets it, both in a process of their own."""
