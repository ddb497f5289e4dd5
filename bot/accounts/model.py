"""Accounts and what their owners may do."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum


class Role(IntEnum):
    """What a member may do; a higher one may do all that a lower one may."""

    AGENT = 1
    EDITOR = 2
    ADMIN = 3

    @property
    def word(self) -> str:
        """Name the role as the database and the command line do."""
        return self.name.lower()

    @classmethod
    def from_word(cls, word: str) -> "Role | None":
        """Read a role's name; None when there is no such role."""
        return cls.__members__.get(word.upper())


ROLES = tuple(role.word for role in Role)


@dataclass(frozen=True)
class Member:
    """Somebody who is signed in."""

    name: str
    role: Role


@dataclass(frozen=True)
class Account:
    """An account as lists show it. Moments are timezone-aware, UTC."""

    name: str
    role: Role
    created_at: datetime
    disabled_at: datetime | None = None
    locked_until: datetime | None = None
