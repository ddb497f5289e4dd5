"""Delivering mails, hostile and good, and knowing afterwards what became of each."""

import asyncio
import itertools
import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP

from imapclient import IMAPClient

from bench.hostile.good import QUESTIONS, write_form
from bench.hostile.kinds import DESK, GATE, HostileMail, Kind
from bench.hostile.stage import USER, Stage
from bench.hostile.tally import Ledger
from bot.language import LANGUAGES
from bot.triage.records import ANSWERED, TICKETED

NOTHING = "none"
"""The outcome of a mail that got none."""

LATE_MAIL_S = 60.0
LONGEST_WAIT_S = 300.0
"""A mailbox that still has mails to read so long after the last one came is too slow."""

_GREETINGS = {"en": "Dear Sir or Madam", "fr": "Madame, Monsieur", "nl": "Geachte"}
_CLOSINGS = {"en": "Kind regards", "fr": "Bien à vous", "nl": "Met vriendelijke groeten"}


@dataclass(frozen=True)
class GoodMail:
    """A person's mail. ``topic``: what the answer must be about; empty for a request."""

    sender: str
    language: str
    topic: str
    raw: bytes


@dataclass(frozen=True)
class Delivered:
    """A mail in the inbox; its text is no longer needed."""

    uid: int
    at: float
    kind: Kind | None
    sender: str
    good: GoodMail | None = None


@dataclass(frozen=True)
class Fate:
    """What the installation says became of a mail."""

    outcome: str
    reason: str = ""
    topics: str = ""


@dataclass
class Postman:
    """Puts mails in the inbox, as a mail server would."""

    stage: Stage
    delivered: list[Delivered] = field(default_factory=list)
    _client: IMAPClient | None = None

    async def deliver_all(
        self, mails: Iterable[HostileMail], good: Iterator[GoodMail], pause_s: float, until: float
    ) -> None:
        """Deliver one mail after the other, each tenth a good one, while there is time."""
        for number, mail in enumerate(mails):
            if time.monotonic() > until:
                return
            if number % 10 == 0:
                await self.deliver_good(next(good))
            await self._deliver(mail.raw, mail.kind, mail.attempt.sender)
            await asyncio.sleep(pause_s)

    async def deliver_good(self, mail: GoodMail) -> None:
        """Deliver a good mail."""
        await self._deliver(mail.raw, None, mail.sender, mail)

    async def _deliver(
        self, raw: bytes, kind: Kind | None, sender: str, good: GoodMail | None = None
    ) -> None:
        uid = await asyncio.to_thread(self._append, raw)
        self.delivered.append(Delivered(uid, time.monotonic(), kind, sender, good))

    def _append(self, raw: bytes) -> int:
        self._client = self._client or self.stage.dovecot.client(USER)
        said = self._client.append("INBOX", raw)
        # RFC 4315: the server names the UID that the mail got.
        named = re.search(rb"APPENDUID \d+ (\d+)", said)
        if not named:
            raise RuntimeError(f"the IMAP server took a mail and said {said!r}")
        return int(named[1])

    def fates(self) -> dict[int, Fate]:
        """Read what became of the mails, by UID."""
        rows = self.stage.rows(
            "SELECT uid, outcome, reason, topics FROM mails WHERE outcome IS NOT NULL"
        )
        return {
            uid: Fate(outcome, reason or "", topics or "") for uid, outcome, reason, topics in rows
        }

    async def wait_until_settled(self, patience_s: float) -> None:
        """Wait until every mail has an outcome, or none got one for ``patience_s``."""
        settled = -1
        started = since = time.monotonic()
        while settled < len(self.delivered) and time.monotonic() - since < patience_s:
            if time.monotonic() - started > LONGEST_WAIT_S:
                return
            number = len(await asyncio.to_thread(self.fates))
            if number > settled:
                settled, since = number, time.monotonic()
            await asyncio.sleep(0.5)

    def judge_good(self, ledger: Ledger, fates: dict[int, Fate]) -> None:
        """Enter in the ledger how the good mails fared."""
        for mail in self.delivered:
            if mail.good is None:
                continue
            who = f"mail, {mail.good.language}"
            letters = self.stage.letters.to(mail.sender)
            fate = fates.get(mail.uid, Fate(NOTHING))
            if problem := _problem(mail.good, fate, [letter.text for letter in letters]):
                ledger.failed(who, problem)
            else:
                ledger.answered(who, letters[0].at - mail.at, late_s=LATE_MAIL_S)

    def outcomes(self, fates: dict[int, Fate]) -> dict[str, Counter[str]]:
        """Count the outcomes of each hostile kind."""
        counted: dict[str, Counter[str]] = {}
        for mail in self.delivered:
            if mail.kind:
                outcome = fates.get(mail.uid, Fate(NOTHING)).outcome
                counted.setdefault(mail.kind.name, Counter())[outcome] += 1
        return counted


def good_mails() -> Iterator[GoodMail]:
    """Write mails of good people without end: questions and a request, in each language."""
    numbers = itertools.count(1)
    first, *others = QUESTIONS
    contents = itertools.cycle([first, None, *others])
    for content in contents:
        for language in LANGUAGES:
            number = next(numbers)
            sender = f"an.peeters{number}@firm{number}.example"
            topic = content[0] if content else ""
            text = content[1][language] if content else write_form(language, sender)
            yield GoodMail(sender, language, topic, _letter(sender, language, text))


def _letter(sender: str, language: str, text: str) -> bytes:
    message = EmailMessage(policy=SMTP)
    domain = sender.partition("@")[2]
    message["Return-Path"] = f"<{sender}>"
    message["Authentication-Results"] = f"{GATE}; dmarc=pass header.from={domain}"
    message["From"] = f"An Peeters <{sender}>"
    message["To"] = DESK
    message["Date"] = "Sat, 28 Nov 2026 10:00:00 +0100"
    message["Subject"] = "Filing"
    message["Message-ID"] = f"<{sender}>"
    signed = f"{_GREETINGS[language]},\n\n{text}\n\n{_CLOSINGS[language]},\nAn Peeters\n"
    message.set_content(signed, cte="quoted-printable")
    return message.as_bytes()


def _problem(good: GoodMail, fate: Fate, letters: list[str]) -> str:
    """Say what is wrong with what became of a good mail; empty when nothing is."""
    wanted = ANSWERED if good.topic else TICKETED
    if fate.outcome != wanted:
        return f"{good.topic or 'request'} was {fate.outcome} ({fate.reason}), not {wanted}"
    if len(letters) != 1:
        return f"{len(letters)} letters came, not one"
    if good.topic not in fate.topics:
        return f"an answer about {fate.topics}, not {good.topic}"
    return "" if good.topic or "CYB-" in letters[0] else "a confirmation without a reference"
