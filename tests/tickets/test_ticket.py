"""The shape of a ticket that the command line and the desk's tools rely on."""

import json
from dataclasses import replace
from datetime import datetime, timezone

import pytest

from bot.tickets.model import Draft, Ticket

DRAFT = Draft(
    conversation="visitor-1",
    channel="web",
    language="nl",
    filings=[
        {
            "enterprise_number": "0403170701",
            "closing_date": "2022-12-31",
            "filing_model": "abbreviated",
            "deposit_type": "initial",
            "filing_language": "nl",
        }
    ],
    certificate_owner="An Peeters",
    certificate_email="an@example.be",
    certificate_number="4A:7F:02",
    certificate_type="globalsign",
)


def test_a_ticket_prints_as_the_design_promises() -> None:
    created_at = datetime(2026, 11, 22, 10, 0, tzinfo=timezone.utc)
    ticket = Ticket("CYB-2026-000123-8", "new", created_at, DRAFT)

    printed = json.loads(json.dumps(ticket.as_dict()))

    assert printed == {
        "reference": "CYB-2026-000123-8",
        "status": "new",
        "created_at": "2026-11-22T10:00:00Z",
        "channel": "web",
        "language": "nl",
        "filings": list(DRAFT.filings),
        "certificate_owner": "An Peeters",
        "certificate_email": "an@example.be",
        "certificate_number": "4A:7F:02",
        "certificate_type": "globalsign",
    }


def test_the_same_request_has_the_same_fingerprint_whatever_the_order_of_its_keys() -> None:
    backwards = [dict(reversed(list(filing.items()))) for filing in DRAFT.filings]

    assert replace(DRAFT, filings=backwards).fingerprint() == DRAFT.fingerprint()


@pytest.mark.parametrize(
    "changes",
    [
        {"conversation": "visitor-2"},
        {"certificate_owner": "Jan Peeters"},
        {"certificate_number": "4A:7F:03"},
        {"filings": [*DRAFT.filings, *DRAFT.filings]},
        {"filings": [{**DRAFT.filings[0], "closing_date": "2021-12-31"}]},
    ],
)
def test_another_request_has_another_fingerprint(changes: dict[str, object]) -> None:
    assert replace(DRAFT, **changes).fingerprint() != DRAFT.fingerprint()
