"""When: windows, buckets, and where days and hours start in a time zone."""
