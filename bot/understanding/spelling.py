"""Names and codes of the domain in their own spelling, however a visitor typed them.

A classifier learns "GlobalSign" from many examples and "globalsing" from none; people copy
error codes by hand. Only what cannot be mistaken for another word is respelt.
"""

import re
from collections.abc import Iterator
from string import ascii_lowercase

from bot.understanding.text import clean

_NAMES = ("globalsign", "quovadis", "isabel", "luxtrust", "certipost", "firefox", "chrome")
# Too near to "ideas" for a general rule.
_SLIPS = {"idass": "idaas", "iddas": "idaas", "idaaas": "idaas", "iadas": "idaas"}
_RESPELT = (
    (re.compile(r"\baad[\W_]{0,4}b2c[\W_]{0,4}(?=\d{4,6}\b)", re.IGNORECASE), "AADB2C"),
    (
        re.compile(
            r"\berr(?:or)?[\W_]{0,4}bad[\W_]{0,4}ssl(?:[\W_]{0,4}client)?(?:[\W_]{0,4}auth)?(?:[\W_]{0,4}cert)?\b",
            re.IGNORECASE,
        ),
        "ERR_BAD_SSL_CLIENT_AUTH_CERT",
    ),
    (
        re.compile(r"\berr(?:or)?[\W_]{0,4}empty[\W_]{0,4}resp\w{0,12}", re.IGNORECASE),
        "ERR_EMPTY_RESPONSE",
    ),
    (re.compile(r"\bglobal[ -]sign\b", re.IGNORECASE), "globalsign"),
    (re.compile(r"\bquo[ -]vadis\b", re.IGNORECASE), "quovadis"),
)
_WORD = re.compile(r"[^\W\d_]{1,64}")
_DIGIT = re.compile(r"\d")


def _one_slip_away(name: str) -> Iterator[str]:
    """Give every word one typing error from ``name``: a letter less, more, other or swapped."""
    for place in range(len(name) + 1):
        before, after = name[:place], name[place:]
        yield before + after[1:]
        yield from (before + letter + after for letter in ascii_lowercase)
        if after:
            yield from (before + letter + after[1:] for letter in ascii_lowercase)
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]


_RIGHT_SPELLING = {
    **{slip: name for name in _NAMES for slip in _one_slip_away(name) if slip != name},
    **_SLIPS,
}


def respell(text: str) -> str:
    """Write the names and codes in ``text`` as the guidance does; the rest stays as it is."""
    for pattern, right in _RESPELT:
        text = pattern.sub(right, text)
    return _WORD.sub(lambda match: _RIGHT_SPELLING.get(match[0].lower(), match[0]), text)


def normalise(text: str) -> str:
    """Prepare a text for comparison: names spelt right, no invisible marks, digits alike."""
    return alike(respell(clean(text)))


def alike(text: str) -> str:
    """Write every digit as 0: which ones they are says nothing, and places stay as they are."""
    return _DIGIT.sub("0", text)
