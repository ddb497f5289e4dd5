"""`cybo triage` with the trained model: a mail in, a decision and a letter out."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.dialogue.assistant import Assistant
from bot.mailbox.clerk import Clerk
from bot.settings import Settings
from bot.shell.triage import DryRun

pytestmark = [pytest.mark.trained, pytest.mark.asyncio(loop_scope="session")]
KEYS = {
    "language", "category", "topics", "fields", "missing", "should_reply", "reason", "reply",
}  # fmt: skip


@pytest.fixture
def dry_run(assistant: Assistant, tmp_path: Path) -> DryRun:
    settings = Settings(data_dir=tmp_path, contact_email="desk@nbb.be")
    return DryRun(Clerk(assistant, assistant.responses, settings), date(2026, 11, 24))


async def triage(dry_run: DryRun, body: str, *lines: str) -> dict[str, Any]:
    headers = ["From: An Peeters <an@x.be>", "To: desk@nbb.be", *lines]
    result = await dry_run.triage("\n".join([*headers, "", body]).encode())
    assert result.keys() == KEYS
    return result


async def test_two_questions_in_a_mail_get_both_answers(dry_run: DryRun) -> None:
    result = await triage(
        dry_run, "Dag,\n\nWat is IDAAS? En welke browser moet ik gebruiken?\n\nmvg\nAn"
    )

    assert (result["language"], result["category"]) == ("nl", "question")
    assert result["topics"] == ["what_is_idaas", "browsers"]
    text = result["reply"]["text"]
    assert text.startswith("Geachte An Peeters,")
    assert text.index("IDAAS") < text.index("Chrome")


async def test_half_a_request_is_answered_with_what_is_missing(dry_run: DryRun) -> None:
    body = (
        "Bonjour, je voudrais introduire une demande de migration.\n"
        "Numéro d'entreprise : 0403.170.701\nDate de clôture : 31/12/2022\n"
        "Type de certificat : eID"
    )

    result = await triage(dry_run, body)

    assert result["category"] == "migration_request"
    assert result["fields"]["filings"] == [
        {"enterprise_number": "0403170701", "closing_date": "2022-12-31"}
    ]
    assert result["missing"][:2] == ["filing_model", "deposit_type"]
    assert "certificate_type" in result["missing"]
    assert "0403.170.701" in result["reply"]["text"]
    assert "eID" in result["reply"]["text"]


async def test_an_absence_notice_gets_no_answer(dry_run: DryRun) -> None:
    result = await triage(dry_run, "Ik ben met verlof.", "Auto-Submitted: auto-replied")

    assert (result["category"], result["should_reply"], result["reply"]) == (
        "automatic",
        False,
        None,
    )


async def test_german_gets_the_german_notice(dry_run: DryRun) -> None:
    body = "Guten Tag, ich kann mich seit gestern nicht mehr anmelden, was muss ich tun?"

    result = await triage(dry_run, body)

    assert result["should_reply"] is True
    assert "Guten Tag" in result["reply"]["text"]


@pytest.mark.parametrize("body", ["", "   ", "\u200b"])
async def test_an_empty_mail_is_left_to_people(dry_run: DryRun, body: str) -> None:
    result = await triage(dry_run, body)

    assert (result["should_reply"], result["reply"]) == (False, None)


async def test_what_cannot_be_read_is_set_aside(dry_run: DryRun) -> None:
    result = await dry_run.triage(b"\x00\x01")

    assert result["reason"] == "quarantined: no_headers"
    assert result.keys() == KEYS
