"""Every way to the desk says which brand it is and what is missing."""

import json
from email import message_from_bytes, policy

import pytest

from bot.delivery.desk_mail import DeskMailTarget
from bot.delivery.outbox import Item
from bot.delivery.request_tracker import (
    ALWAYS,
    BRAND_FIELD,
    MISSING_FIELD,
    RequestTrackerAccount,
    _as_rt,
)
from bot.delivery.ticket import Package, item_for, unpack
from bot.language import LANGUAGES
from bot.tickets.lines import missing_word
from bot.tickets.model import Ticket
from tests.delivery.conftest import make_ticket, transcript


def bare_ticket(language: str = "nl") -> Ticket:
    [first, second] = make_ticket("CYB-2026-000123-8").draft.filings
    return make_ticket(
        "CYB-2026-000123-8",
        language=language,
        filings=[first, {**second, "enterprise_number": None}],
        certificate_email=None,
        certificate_number=None,
        certificate_type="other",
        certificate_brand="LuxTrust",
    )


async def package(language: str = "nl") -> Package:
    return await unpack(item_for(bare_ticket(language), "webhook"), transcript)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_people_read_the_brand_and_what_is_missing(language: str) -> None:
    text = (await package(language)).text(1000)

    assert "(LuxTrust)" in text
    assert text.count(missing_word(language)) == 3
    assert "None" not in text


async def test_machines_get_null_and_its_name() -> None:
    ticket = (await package()).as_dict()["ticket"]

    missing = ["enterprise_number", "certificate_email", "certificate_number"]
    assert (ticket["certificate_brand"], ticket["missing"]) == ("LuxTrust", missing)
    assert ticket["certificate_number"] is None
    assert ticket["filings"][1]["enterprise_number"] is None


async def test_request_tracker_gets_fields_of_their_own() -> None:
    account = RequestTrackerAccount("http://rt", "root", "password", "General", ALWAYS)

    content = _as_rt(await package(), account)

    fields = content["CustomFields"]
    assert fields["Enterprise number"] == ["0403170701", "-"]
    assert "Certificate number" not in fields
    assert fields[BRAND_FIELD] == "LuxTrust"
    assert fields[MISSING_FIELD] == [
        "Enterprise number",
        "E-mail address of the certificate",
        "Certificate number",
    ]
    assert "Requestor" not in content, "nobody to write to"


class _Smtp:
    """Keeps what is mailed."""

    def __init__(self) -> None:
        self.mailed: list[bytes] = []

    async def deliver(self, item: Item) -> None:
        self.mailed.append(item.payload)


async def test_a_mail_to_the_desk_answers_to_nobody_when_no_address_is_known() -> None:
    smtp = _Smtp()
    target = DeskMailTarget(
        smtp, "cybo@nbb.be", "desk@nbb.be", transcript, lambda: bare_ticket().created_at
    )

    await target.deliver(item_for(bare_ticket(), "desk_mail"))

    message = message_from_bytes(smtp.mailed[0], policy=policy.default)
    [attached] = message.iter_attachments()
    assert message["Reply-To"] is None
    assert json.loads(attached.get_content())["ticket"]["missing"]
