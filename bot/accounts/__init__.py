"""Who may use the desk's pages, and how they prove it."""

from bot.accounts.model import Account, Member, Role
from bot.accounts.policy import SESSION_IDLE, SESSION_LIFETIME
from bot.accounts.service import AccountProblem, Accounts, Attempt

__all__ = [
    "SESSION_IDLE",
    "SESSION_LIFETIME",
    "Account",
    "AccountProblem",
    "Accounts",
    "Attempt",
    "Member",
    "Role",
]
