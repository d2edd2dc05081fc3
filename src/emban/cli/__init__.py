"""The `emban` command. `main.py` names the subcommands; each has a module of its own, imported when it is used."""
