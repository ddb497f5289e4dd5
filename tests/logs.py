"""What people are called and what they said must not be in a log: looked up, not remembered.

Whatever a journey used is in its databases afterwards; from there it is searched for in the log.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.engine import Engine

from bot.settings import Settings
from bot.shell.project import read_facts, topic_names
from bot.storage import tables
from bot.storage.engine import connect
from bot.storage.purge import EVENTS

_SHORTEST = 5
_TOKEN = re.compile(r"\S*[@\d]\S*")
# Logs name tickets and failures by their references, which say nothing of anybody.
_REFERENCE = re.compile(r"(?:CYB|ERR)-[\w-]+")
_TOPICS = frozenset(topic_names(read_facts(Path(__file__).parents[1] / "data")))
_SECRET_SETTING = re.compile(r"PASSWORD|SECRET|TOKEN|KEY|DATABASE_URL")
# Columns of people's own words, and of what is known of them.
_COLUMNS = (
    tables.TURNS.c.text,
    tables.FEEDBACK.c.reason,
    tables.MAILS.c.sender,
    tables.MAILS.c.subject,
    tables.MAILS.c.text,
    tables.MAIL_THREADS.c.sender,
    tables.TICKETS.c.certificate_brand,
    tables.TICKETS.c.certificate_email,
    tables.TICKETS.c.certificate_number,
    tables.TICKETS.c.certificate_owner,
    tables.FILINGS.c.enterprise_number,
    tables.OUTBOX.c.recipient,
)


def assert_nothing_personal(log: str, settings: Settings, environment: Mapping[str, str]) -> None:
    """Fail when a log holds a name, an address, a number, a sentence or a secret of a journey."""
    words = {word.casefold() for word in _personal(settings)}
    words |= {value for name, value in environment.items() if _SECRET_SETTING.search(name)}
    log = log.casefold()
    found = [
        word
        for word in sorted(words)
        if word in log and re.search(rf"(?<!\w){re.escape(word)}(?!\w)", log)
    ]
    assert not found, f"the log holds {found}"


def _personal(settings: Settings) -> Iterator[str]:
    engine, trackers = connect(settings.tickets_url), connect(settings.trackers_url)
    for column in _COLUMNS:
        for value in _values(engine, column):
            yield from _searchable(value)
    for owner in _values(engine, tables.TICKETS.c.certificate_owner):
        yield from (word for word in owner.split() if len(word) >= _SHORTEST)
    for number in _values(engine, tables.FILINGS.c.enterprise_number):
        yield from (number[1:], f"{number[:4]}.{number[4:7]}.{number[7:]}")
    for data in _values(trackers, EVENTS.c.data):
        event: dict[str, Any] = json.loads(data)
        if event["event"] in {"user", "bot"}:
            yield from _searchable(event["text"] or "")
    engine.dispose()
    trackers.dispose()


def _values(engine: Engine, column: Any) -> list[str]:
    if not inspect(engine).has_table(column.table.name):
        return []
    with engine.connect() as connection:
        return [value for value in connection.execute(select(column)).scalars() if value]


def _searchable(text: str) -> Iterator[str]:
    """Give the lines of a text, and each address and number in it.

    A single word is no evidence: topics and outcomes, which the log may name, are words too.
    """
    for line in _REFERENCE.sub("", text).splitlines():
        words = line.strip()
        if len(words) >= _SHORTEST and re.search(r"[\s@\d]", words):
            yield words
        for token in _TOKEN.findall(line):
            stripped = token.strip(".,;:!?()<>\"'*")
            # An error code that somebody types is the name of its topic too.
            if len(stripped) >= _SHORTEST and stripped.lower() not in _TOPICS:
                yield stripped
