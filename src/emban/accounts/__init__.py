"""Register, login, logout, me: how a person gets in."""
