"""Reports: a dashboard's published snapshot as a file, on a schedule, sent by mail and webhook."""
