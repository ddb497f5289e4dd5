"""From the chat to the desk's tool and back, with the trained model."""

import asyncio
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.delivery.request_tracker import QUEUE, RunningTracker, is_installed
from tests.delivery.test_request_tracker import FIELDS
from tests.serving import Site

pytestmark = pytest.mark.trained

REQUEST = (
    "Ik wil een migratieaanvraag openen.\nOndernemingsnummer: 0403.170.701\n"
    "Afsluitingsdatum: 31/12/2022\nModel: verkort\nType van neerlegging: initieel\n"
    "Taal van de jaarrekening: Nederlands\nEigenaar van het certificaat: An Peeters\n"
    "E-mailadres: an@example.be\nNummer van het certificaat: 4A:7F:02\n"
    "Type van certificaat: GlobalSign"
)


@pytest.fixture(scope="module")
def rt(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningTracker]:
    if not is_installed():
        if os.environ.get("CI"):
            pytest.fail("request-tracker5 is not installed; .ci/run installs it")
        pytest.skip("needs request-tracker5 with SQLite")
    tracker = RunningTracker(tmp_path_factory.mktemp("rt"))
    tracker.start(FIELDS)
    yield tracker
    tracker.stop()


@pytest.fixture
def site(rt: RunningTracker, tmp_path: Path) -> Iterator[Site]:
    account = rt.account
    settings = {
        "CYBO_RT_URL": account.url,
        "CYBO_RT_USER": account.user,
        "CYBO_RT_PASSWORD": account.password,
        "CYBO_RT_QUEUE": QUEUE,
    }
    running = Site(tmp_path, settings=settings)
    running.start()
    yield running
    running.kill()


def say(site: Site, sender: str, text: str) -> str:
    return site.say(text, sender)


def ask(rt: RunningTracker, method: str, path: str, content: Any = None, **query: str) -> Any:
    return asyncio.run(rt.ask(method, path, content, **query))


def test_a_second_request_becomes_a_comment_on_the_first(rt: RunningTracker, site: Site) -> None:
    say(site, "an", REQUEST)
    say(site, "an", "nee")
    reference = "CYB-" + say(site, "an", "ja").partition("CYB-")[2].split()[0]
    say(site, "an", REQUEST.replace("4A:7F:02", "9B:01:77"))
    say(site, "an", "nee")

    assert f"Toevoegen aan {reference}" not in say(site, "an", "wat is IDAAS?")
    assert reference in say(site, "an", "ja")
    assert "toegevoegd" in say(site, "an", f"Toevoegen aan {reference}")

    started = time.monotonic()
    [ticket] = wait_for(rt, "tickets", started, query=f"Subject LIKE '{reference}'")
    path = f"ticket/{ticket['id']}/attachments"
    added: list[Any] = []
    while not added:
        assert time.monotonic() - started < 20, site.log
        # RT's own server answers one request at a time: leave it some for the worker.
        time.sleep(0.5)
        found = ask(rt, "GET", path, fields="Subject,Content")["items"]
        added = [entry for entry in found if entry["Subject"].startswith("Aanvulling")]
    assert len(added) == 1
    assert "9B:01:77" in added[0]["Content"]


def wait_for(rt: RunningTracker, path: str, started: float, **query: str) -> Any:
    while not (found := ask(rt, "GET", path, **query)["items"]):
        assert time.monotonic() - started < 5, "it has to be there within five seconds"
        time.sleep(0.1)
    return found


def test_a_ticket_reaches_the_queue_and_its_end_reaches_the_chat(
    rt: RunningTracker, site: Site
) -> None:
    say(site, "an", REQUEST)
    say(site, "an", "nee")
    opened = say(site, "an", "ja")
    started = time.monotonic()
    reference = opened.partition("CYB-")[2]
    assert reference, opened
    reference = f"CYB-{reference.split()[0].rstrip('.')}"

    found = wait_for(rt, "tickets", started, query=f"Subject LIKE '{reference}'")
    ticket = ask(rt, "GET", f"ticket/{found[0]['id']}")
    fields = {field["name"]: field["values"] for field in ticket["CustomFields"]}
    assert all(fields[name] for name in FIELDS)
    assert fields["Enterprise number"] == ["0403170701"]

    assert "wacht op behandeling" in say(site, "an", "hoe staat het met mijn aanvraag?")
    ask(rt, "PUT", f"ticket/{ticket['id']}", {"Status": "resolved"})
    assert "afgehandeld" in say(site, "an", f"status van {reference}")
    assert "afgehandeld" in say(site, "later", f"status van {reference}, an@example.be")
    assert "vind geen aanvraag" in say(site, "eve", f"status van {reference}, eve@example.be")

    rt.stop()
    assert "kan nu niet zien" in say(site, "an", f"status van {reference}")
    for personal in ("an@example", "Peeters", "0403", "4A:7F"):
        assert personal not in site.log
