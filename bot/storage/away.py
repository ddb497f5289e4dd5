"""Telling a database that is away from one that refuses what it is given."""

from sqlalchemy import exc


def is_away(error: BaseException) -> bool:
    """Say whether the database cannot be reached, is locked or full: it may come back."""
    is_cut = isinstance(error, exc.DBAPIError) and error.connection_invalidated
    return is_cut or isinstance(error, exc.OperationalError | exc.InterfaceError | exc.TimeoutError)
