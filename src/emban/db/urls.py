"""Addresses of the control plane's database: as its owner, and as the application role."""

from __future__ import annotations

from sqlalchemy import URL, make_url

from emban.settings import Settings

APP_ROLE_PURPOSE = "postgresql application role"


def owner_url(settings: Settings) -> URL:
    """Return the owner's address, for migrations alone. Raises `RuntimeError` where none is set."""
    if settings.database_url is None:
        raise RuntimeError("EMBAN_DATABASE_URL is not set")
    return _with_driver(make_url(settings.database_url.get_secret_value()))


def app_url(settings: Settings) -> URL:
    """Return the address as the application role, which owns no table and bypasses no policy.

    Its name is `<database>_app` and its password is derived from the secret key, so that one URL is enough; an operator
    who makes roles by hand sets EMBAN_DATABASE_APP_URL instead.
    """
    if settings.database_app_url is not None:
        return _with_driver(make_url(settings.database_app_url.get_secret_value()))
    owner = owner_url(settings)
    return owner.set(username=app_role(owner), password=settings.derived_secret(APP_ROLE_PURPOSE))


def app_role(owner: URL) -> str:
    """Return the name of the application role that belongs to a database."""
    return f"{owner.database}_app"


def _with_driver(url: URL) -> URL:
    return url.set(drivername="postgresql+psycopg")
