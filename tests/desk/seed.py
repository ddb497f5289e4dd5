"""Tickets, deliveries and conversations as a desk has them after a while."""

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from sqlalchemy import update
from sqlalchemy.engine import Engine

from bot.delivery.outbox import PARKED
from bot.storage import SqlTicketStore, SqlTurnStore
from bot.storage.engine import writing
from bot.storage.tables import FILINGS, OUTBOX, TICKETS
from bot.tickets.model import Draft, Ticket
from bot.turns import TurnRecord

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=timezone.utc)
FILING = {
    "enterprise_number": "0403170701",
    "closing_date": "2022-12-31",
    "filing_model": "abbreviated",
    "filing_model_code": "m01-f",
    "deposit_type": "initial",
    "filing_language": "nl",
}
DRAFT: Mapping[str, Any] = {
    "conversation": "widget:een",
    "channel": "web",
    "language": "nl",
    "filings": [FILING],
    "certificate_owner": "An Peeters",
    "certificate_email": "an.peeters@example.be",
    "certificate_number": "4A:7F:02",
    "certificate_type": "globalsign",
}
TURN = TurnRecord(
    "widget:een", "web", NOW, "nl", "ik zie een grijs scherm", "answer", "faq",
    ("grey_screen",), 0.97, 12.0,
)  # fmt: skip


def open_ticket(engine: Engine, *targets: str, at: datetime = NOW, **differences: Any) -> Ticket:
    draft = Draft(**{**DRAFT, **differences})
    return SqlTicketStore(engine, targets).open(draft, now=at)[0]


def spoil(engine: Engine, **odd: str) -> None:
    """Write into every ticket and filing what the store itself would refuse."""
    with writing(engine) as connection:
        for table in (TICKETS, FILINGS):
            values = {name: value for name, value in odd.items() if name in table.c}
            if values:
                connection.execute(update(table).values(values))


def set_delivery(engine: Engine, target: str, ticket: Ticket, status: str, error: str = "") -> None:
    with writing(engine) as connection:
        connection.execute(
            update(OUTBOX)
            .where(OUTBOX.c.key == f"{target}:{ticket.reference}")
            .values(status=status, error=error, tries=12)
        )


def fill(engine: Engine) -> Ticket:
    """Fill a database for pictures; gives the ticket that has most to show."""
    owners = ["Jan Janssens", "Marie Dupont", "Élise Lambert", "Tom De Smet", "Sofie Maes"]
    for number, owner in enumerate(owners * 6):
        open_ticket(
            engine,
            "desk_mail",
            at=NOW - timedelta(hours=number + 1),
            conversation=f"widget:{number}",
            channel=("web", "email", "rest")[number % 3],
            language=("nl", "fr", "en")[number % 3],
            certificate_owner=owner,
            certificate_email=f"{owner.split()[-1].lower()}@example.be",
        )
    second = {**FILING, "enterprise_number": "0206731645", "closing_date": "2023-06-30"}
    ticket = open_ticket(engine, "desk_mail", "request_tracker", filings=[FILING, second])
    set_delivery(engine, "desk_mail", ticket, PARKED, "mail.example.be: answered 550")
    set_delivery(engine, "request_tracker", ticket, "done")
    texts = [
        ("nl", "ik zie een grijs scherm, bel 0475 12 34 56", "answer"),
        ("fr", "mes formulaires ont disparu", "clarify"),
        ("en", "what is the weather tomorrow", "out_of_scope"),
    ]
    turns = [
        TurnRecord(f"widget:{n}", "web", NOW, language, text, outcome, "faq", ("fees",), 0.9, 12.0)
        for n, (language, text, outcome) in enumerate(texts * 4)
    ]
    SqlTurnStore(engine).record([*turns, TURN])
    return ticket
