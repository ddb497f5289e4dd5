"""What a kind of hostile mail is: how it is written, and what may become of it."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.triage.records import ANSWERED, DRAFTED, IGNORED, LEFT, QUARANTINED, TICKETED

DESK = "desk@balans.example"
GATE = "mx.balans.example"
"""The helpdesk's own mail server, whose verdicts count."""

VICTIM = "victim@victim.example"
"""Somebody whose name is misused as sender; never to be written to."""

BYSTANDER = "bystander@bystander.example"
"""Somebody to whom answers are steered; must not be flooded."""

SILENT = frozenset({IGNORED, LEFT, QUARANTINED, DRAFTED})
"""Nothing may leave, no ticket may be opened."""

NO_TICKET = SILENT | {ANSWERED}
ANY = NO_TICKET | {TICKETED}
QUARANTINE = frozenset({QUARANTINED})
MACHINE = frozenset({IGNORED})


@dataclass(frozen=True)
class Attempt:
    """The ``number``-th mail of a kind, from 0: everything its text may depend on."""

    kind: str
    number: int
    chance: random.Random = field(compare=False)

    @property
    def sender(self) -> str:
        """Give the address of the attacker, another one for each mail."""
        return f"{self.kind}.{self.number}@evil{self.number % 7}.example"

    def size(self, most: int, least: int = 100) -> int:
        """Give a length: the first mail of a kind is the worst, each next a third of it."""
        return max(most // 3**self.number, least)

    def one_of(self, *choices: bytes) -> bytes:
        """Take the choices in turn."""
        return choices[self.number % len(choices)]

    def mail(self, body: bytes, *headers: bytes, subject: bytes = b"Vraag") -> bytes:
        """Write a mail of the attacker around ``body``."""
        return b"\r\n".join([self.head(), b"Subject: " + subject, *headers, b"", body, b""])

    def head(self, *, sender: bytes | None = None, verdict: bytes = b"") -> bytes:
        """Write the headers that every mail has. ``sender``: the whole From, as it stands.

        ``verdict``: what the mail server found out, that the mail is the attacker's by default.
        """
        own = self.sender.encode()
        domain = own.partition(b"@")[2]
        return b"\r\n".join(
            [
                b"Return-Path: <" + own + b">",
                b"Authentication-Results: "
                + GATE.encode()
                + b"; "
                # The attacker's own domain is in order; that is what such domains are for.
                + (verdict or b"dmarc=pass header.from=" + domain),
                b"From: " + (sender if sender is not None else b"Mallory <" + own + b">"),
                b"To: " + DESK.encode(),
                b"Date: Sat, 28 Nov 2026 10:00:00 +0100",
                b"Message-ID: <" + own + b">",
                b"MIME-Version: 1.0",
            ]
        )


Build = Callable[[Attempt], bytes]


@dataclass(frozen=True)
class Kind:
    """One way to attack by mail. ``allowed``: the outcomes that keep what we promise."""

    name: str
    build: Build
    number: int
    allowed: frozenset[str] = ANY

    @property
    def is_answerable(self) -> bool:
        """Say whether its sender may get a letter."""
        return bool(self.allowed & {ANSWERED, TICKETED})


@dataclass(frozen=True)
class HostileMail:
    """One mail, ready to be delivered."""

    kind: Kind
    attempt: Attempt
    raw: bytes
