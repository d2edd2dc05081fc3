"""What changes in an org, told to whoever looks on while it happens: `GET /v1/stream`."""
