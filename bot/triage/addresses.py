"""The addresses of a header, read as strictly as who trusts them needs.

``email.utils.getaddresses`` finds addresses in what is none (CVE-2023-27043), and differs
from version to version. This reads the header as it came, before encoded words are decoded:
RFC 2047 §5 allows them in the names beside addresses only.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

# Quoted local parts and addresses beyond ASCII exist (RFC 5321 §4.1.2, 6532); no answer goes
# to them, so none is read.
_ADDRESS = re.compile(
    r"[^\s@<>,;:\"()\\\[\]\x00-\x20\x7f]{1,64}@[^\s@<>,;:\"()\\\x00-\x20\x7f]{1,255}"
)


@dataclass(frozen=True)
class Mailbox:
    """One address, in lower case, and the name beside it, still encoded."""

    name: str
    address: str


@dataclass(frozen=True)
class Mailboxes:
    """What a header names. ``is_clear``: nobody could read other addresses in it."""

    found: tuple[Mailbox, ...]
    is_clear: bool


def read_mailboxes(value: str, *, most: int) -> Mailboxes:
    """Read a header's addresses, at most so many, in one pass."""
    scanner = _Scanner(most)
    for character in value:
        scanner.take(" " if character in "\r\n\t" else character)
        if len(scanner.found) >= most:
            break
    scanner.end()
    return Mailboxes(tuple(scanner.found), scanner.is_clear)


def is_address(text: str) -> bool:
    """Say whether a text is one plain address."""
    return bool(_ADDRESS.fullmatch(text)) and text.isascii()


def addresses_in(text: str) -> Iterator[str]:
    """Give what a reader would take for addresses in a name, in lower case."""
    for word in text.lower().replace(",", " ").replace(";", " ").split():
        if "@" in word.strip("@"):
            yield word.strip("<>()[]\"'.:")


@dataclass
class _Scanner:
    most: int
    found: list[Mailbox] = field(default_factory=list)
    is_clear: bool = True
    _words: list[str] = field(default_factory=list)
    _name: list[str] = field(default_factory=list)
    _angle: list[str] | None = None
    _state: str = ""
    _depth: int = 0
    _is_escaped: bool = False

    def take(self, character: str) -> None:
        if character < " " or character == "\x7f":
            self.is_clear = False
        if self._state == "<":
            self._take_in_angle(character)
        elif self._state:
            self._take_in_name(character)
        elif character in '"(<':
            self._open(character)
        elif character in ",;:":
            # A group, or the semicolons of Outlook: no list that one may be answered by.
            self.is_clear = self.is_clear and character == ","
            self._finish()
        else:
            self._words.append(character)
            self._name.append(character)

    def end(self) -> None:
        self.is_clear = self.is_clear and not self._state
        self._state = ""
        self._finish()

    def _open(self, character: str) -> None:
        self._state = character
        self._depth = 1
        if character == "<":
            self.is_clear = self.is_clear and self._angle is None
            self._angle = []

    def _take_in_name(self, character: str) -> None:
        """Take a character of a quoted name or a comment."""
        if self._is_escaped:
            self._is_escaped = False
            self._name.append(character)
        elif character == "\\":
            self._is_escaped = True
        elif self._state == '"' and character == '"':
            self._state = ""
        elif self._state == "(" and character in "()":
            self._depth += 1 if character == "(" else -1
            self._state = "(" if self._depth else ""
        else:
            self._name.append(character)

    def _take_in_angle(self, character: str) -> None:
        if character == ">":
            self._state = ""
        elif self._angle is not None:
            self._angle.append(character)

    def _finish(self) -> None:
        words = "".join(self._words).strip()
        inside = None if self._angle is None else "".join(self._angle).strip()
        address = words if inside is None else inside
        if is_address(address):
            name = "".join(self._name).strip() if inside is not None else ""
            self.found.append(Mailbox(name or self._comment(words), address.lower()))
        elif "@" in address or inside is not None:
            self.is_clear = False
        if inside is not None and any(other != address.lower() for other in addresses_in(words)):
            # "victim@firm.be <me@evil.example>": which of the two it is depends on the reader.
            self.is_clear = False
        self._words, self._name, self._angle = [], [], None

    def _comment(self, words: str) -> str:
        return "".join(self._name).replace(words, "", 1).strip() if words else ""
