"""The one way out over HTTP: which addresses may be asked at all, and a client that connects to no other."""
