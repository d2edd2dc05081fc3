"""What others build on, against a running Emban: clients, packages, examples, the guide's own lines."""
