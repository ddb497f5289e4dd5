"""Error codes that browsers and the login service show."""

import re

from bot.understanding.spelling import respell
from bot.understanding.text import fold

KNOWN = frozenset({"aadb2c90047", "err_bad_ssl_client_auth_cert", "err_empty_response"})
"""Codes that the guidance explains (F21-F23)."""

_CODE = re.compile(r"aadb2c[\s_-]?(\d{4,6})|\berr_[a-z_]{1,80}")


def has_unknown_error_code(text: str) -> bool:
    """Say whether ``text`` names a code that the guidance does not explain, and none it does.

    AADB2C90091 looks like AADB2C90047 to any classifier, but means something else.
    """
    codes = {
        f"aadb2c{match[1]}" if match[1] else match.group()
        for match in _CODE.finditer(fold(respell(text)))
    }
    return bool(codes) and not codes & KNOWN
