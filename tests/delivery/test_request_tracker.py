"""Tickets in a real Request Tracker 5."""

import base64
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.delivery.outbox import Item, Refused, TryLater
from bot.delivery.request_tracker import RequestTracker, RequestTrackerAccount, RequestTrackerTarget
from bot.delivery.ticket import File, Line, addition_item
from bot.details import CERTIFICATE_DETAILS, FILING_DETAILS
from bot.details.wording import detail_name
from bot.tickets.model import Addition
from bot.tickets.reference import is_valid_reference
from tests.delivery.conftest import item, make_ticket, transcript
from tests.delivery.request_tracker import QUEUE, RunningTracker, is_installed

FIELDS = [
    *(detail_name(name, "en").capitalize() for name in (*FILING_DETAILS, *CERTIFICATE_DETAILS)),
    "Cybo reference",
]


@pytest.fixture(scope="module")
def rt(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningTracker]:
    if not is_installed():
        if os.environ.get("CI"):
            pytest.fail("request-tracker5 is not installed; .ci/run installs it")
        pytest.skip("needs request-tracker5 with SQLite")
    folder: Path = tmp_path_factory.mktemp("rt")
    tracker = RunningTracker(folder)
    tracker.start(FIELDS)
    yield tracker
    tracker.stop()


async def tickets(rt: RunningTracker, reference: str) -> list[dict[str, Any]]:
    found = await rt.ask("GET", "tickets", query=f"Subject LIKE '{reference}'")
    return [await rt.ask("GET", f"ticket/{entry['id']}") for entry in found["items"]]


async def test_a_ticket_arrives_with_every_field_once(rt: RunningTracker) -> None:
    target = RequestTrackerTarget(RequestTracker(rt.account), transcript)

    await target.deliver(item(target.name, "CYB-2026-000011-1"))
    await target.deliver(item(target.name, "CYB-2026-000011-1"))

    [ticket] = await tickets(rt, "CYB-2026-000011-1")
    fields = {field["name"]: field["values"] for field in ticket["CustomFields"]}
    assert sorted(fields) == sorted(FIELDS)
    assert fields["Enterprise number"] == ["0403170701", "0203430576"]
    assert fields["Closing date"] == ["2022-12-31", "2021-12-31"]
    assert fields["Owner of the certificate"] == ["An Peeters"]
    assert fields["Cybo reference"] == ["CYB-2026-000011-1"]
    assert ticket["Requestor"] == [], "RT writes to requestors, and a chat proves no address"
    assert fields["E-mail address of the certificate"] == ["an@example.be"]
    history = await rt.ask("GET", f"ticket/{ticket['id']}/history", fields="Type,Content")
    assert history["total"] >= 1


def addition(reference: str, number: int, mail_id: int | None = None) -> Item:
    content = Addition("- model: micromodel", "widget:abc", mail_id)
    return addition_item(make_ticket(reference), content, number, "request_tracker")


async def comments(rt: RunningTracker, number: str) -> list[dict[str, Any]]:
    listed = await rt.ask(
        "GET", f"ticket/{number}/attachments", fields="Subject,Filename,ContentType", per_page="100"
    )
    return list(listed["items"])


async def test_an_addition_becomes_one_comment(rt: RunningTracker) -> None:
    target = RequestTrackerTarget(RequestTracker(rt.account), transcript)
    reference = "CYB-2026-000014-0"
    with pytest.raises(TryLater):
        await target.deliver(addition(reference, 7))
    await target.deliver(item(target.name, reference))

    for number in (7, 7, 8):
        await target.deliver(addition(reference, number))

    [ticket] = await tickets(rt, reference)
    subjects = [entry["Subject"] for entry in await comments(rt, ticket["id"]) if entry["Subject"]]
    title = "Aanvulling {} bij migratieaanvraag " + reference
    assert sorted(s for s in subjects if s.startswith("Aanv")) == [title.format(7), title.format(8)]
    found = await rt.ask("GET", f"ticket/{ticket['id']}/history", fields="Type")
    assert [entry["Type"] for entry in found["items"]].count("Comment") == 2


async def test_an_addition_is_found_behind_a_page_of_comments(
    rt: RunningTracker, monkeypatch: pytest.MonkeyPatch
) -> None:
    # RT gives a hundred at a time; it takes a second for each that we write.
    monkeypatch.setattr("bot.delivery.request_tracker._PAGE", 20)
    target = RequestTrackerTarget(RequestTracker(rt.account), transcript)
    reference = "CYB-2026-000016-5"
    await target.deliver(item(target.name, reference))
    [ticket] = await tickets(rt, reference)
    for number in range(25):
        note = {"Content": f"note {number}", "ContentType": "text/plain", "Subject": "note"}
        await rt.ask("POST", f"ticket/{ticket['id']}/comment", note)

    for _ in range(2):
        await target.deliver(addition(reference, 9))

    found = await rt.ask(
        "GET", f"ticket/{ticket['id']}/attachments", fields="Subject", per_page="100"
    )
    assert [entry["Subject"][:4] for entry in found["items"]].count("Aanv") == 1


async def test_an_addition_opens_a_closed_ticket_again(rt: RunningTracker) -> None:
    tracker = RequestTracker(rt.account)
    target = RequestTrackerTarget(tracker, transcript)
    reference = "CYB-2026-000017-9"
    await target.deliver(item(target.name, reference))
    [ticket] = await tickets(rt, reference)
    await rt.ask("PUT", f"ticket/{ticket['id']}", {"Status": "resolved"})

    await target.deliver(addition(reference, 10))

    assert await tracker.status(reference) == "in_progress"


async def test_the_mails_come_out_of_rt_as_they_went_in(rt: RunningTracker) -> None:
    first = b"From: an@firma.example\r\nSubject: Vraag\r\n\r\nhallo\r\n"
    second = "Subject: Nog iets\r\n\r\nv\u00f3\u00f3r 1 februari \u20ac\r\n".encode("windows-1252")

    async def mails(conversation: str) -> list[Line]:
        files = [File(number, content) for number, content in enumerate((first, second), start=1)]
        return [Line("user", "...", file.mail_id, file) for file in files]

    target = RequestTrackerTarget(RequestTracker(rt.account), mails)
    reference = "CYB-2026-000015-4"
    await target.deliver(item(target.name, reference))
    await target.deliver(addition(reference, 11, mail_id=2))

    [ticket] = await tickets(rt, reference)
    files = [entry for entry in await comments(rt, ticket["id"]) if entry.get("Filename")]
    assert [entry["Filename"] for entry in files] == ["mail-1.eml", "mail-2.eml", "mail-2.eml"]
    contents = [await rt.ask("GET", f"attachment/{entry['id']}") for entry in files]
    assert contents[0]["ContentType"] == "message/rfc822"
    decoded = [base64.b64decode(entry["Content"]) for entry in contents]
    assert decoded == [first, second, second]


async def test_the_status_is_that_of_the_desk(rt: RunningTracker) -> None:
    tracker = RequestTracker(rt.account)
    target = RequestTrackerTarget(tracker, transcript)
    reference = "CYB-2026-000012-2"
    assert await tracker.status(reference) is None
    await target.deliver(item(target.name, reference))
    [ticket] = await tickets(rt, reference)

    assert await tracker.status(reference) == "new"
    for theirs, ours in (
        ("open", "in_progress"),
        ("stalled", "in_progress"),
        ("resolved", "resolved"),
    ):
        await rt.ask("PUT", f"ticket/{ticket['id']}", {"Status": theirs})
        assert await tracker.status(reference) == ours


async def test_a_wrong_password_or_queue_is_refused(rt: RunningTracker) -> None:
    account = rt.account
    for wrong in (
        RequestTrackerAccount(account.url, "root", "verkeerd", QUEUE),
        RequestTrackerAccount(account.url, "root", account.password, "Nergens"),
    ):
        with pytest.raises(Refused):
            await RequestTrackerTarget(RequestTracker(wrong), transcript).deliver(
                item("request_tracker", "CYB-2026-000013-3")
            )


async def test_whoever_names_a_reference_first_does_not_own_it(rt: RunningTracker) -> None:
    """Anybody may mail RT the next reference, or comment by a subject that is to come."""
    reference = "CYB-2026-000018-7"
    assert is_valid_reference(reference)
    strangers = await rt.ask(
        "POST",
        "ticket",
        {"Queue": QUEUE, "Subject": f"Migratieaanvraag {reference}", "Content": "x"},
    )
    await rt.ask("PUT", f"ticket/{strangers['id']}", {"Status": "rejected"})
    tracker = RequestTracker(rt.account)
    target = RequestTrackerTarget(tracker, transcript)
    assert await tracker.status(reference) is None

    await target.deliver(item(target.name, reference))

    assert len(await tickets(rt, reference)) == 2
    assert await tracker.status(reference) == "new"


async def test_a_queue_without_the_field_is_told_from_one_with_it(rt: RunningTracker) -> None:
    account = replace(rt.account, queue="General")

    with pytest.raises(Refused, match="Admin > Custom Fields"):
        await RequestTracker(account).check()
    with pytest.raises(Refused, match="Cybo reference"):
        await RequestTrackerTarget(RequestTracker(account), transcript).deliver(
            item("request_tracker", "CYB-2026-000013-3")
        )

    assert await tickets(rt, "CYB-2026-000013-3") == [], "it could never be found again"


async def test_the_check_names_the_queue(rt: RunningTracker) -> None:
    assert await RequestTracker(rt.account).check() == QUEUE
