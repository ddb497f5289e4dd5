"""Tickets in a real Request Tracker 5."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.delivery.outbox import Refused
from bot.delivery.request_tracker import RequestTracker, RequestTrackerAccount, RequestTrackerTarget
from bot.details import CERTIFICATE_DETAILS, FILING_DETAILS
from bot.details.wording import detail_name
from tests.delivery.conftest import item, transcript
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
    assert ticket["Requestor"][0]["id"] == "an@example.be"
    history = await rt.ask("GET", f"ticket/{ticket['id']}/history", fields="Type,Content")
    assert history["total"] >= 1


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


async def test_the_check_names_the_queue(rt: RunningTracker) -> None:
    assert await RequestTracker(rt.account).check() == QUEUE
