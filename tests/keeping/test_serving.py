"""Backing up, erasing and restoring beside a server at work; two servers on one PostgreSQL."""

import time
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.errors import HelpdeskError
from bot.settings import read_settings
from bot.storage import open_database, tables
from bot.storage.backup import Installation
from bot.storage.restore import restore
from tests.delivery.test_serving import REQUEST
from tests.serving import Site

pytestmark = pytest.mark.trained


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> Iterator[Site]:
    named = {} if database_url.startswith("sqlite") else {"CYBO_DATABASE_URL": database_url}
    running = Site(tmp_path, settings=named)
    running.start()
    yield running
    running.kill()


def open_ticket(site: Site) -> str:
    """Open a ticket in the chat; gives its reference."""
    for text in ("Ik ben An Peeters", REQUEST, "nee", "ja"):
        said = site.say(text)
    [ticket] = site.cybo("tickets", "list")
    assert ticket["reference"] in said
    return str(ticket["reference"])


def on_disk(folder: Path) -> bytes:
    files = (path for path in folder.rglob("*") if path.is_file() and ".tar" not in path.name)
    return b"".join(path.read_bytes() for path in files)


def test_a_person_is_erased_while_the_server_serves(site: Site, tmp_path: Path) -> None:
    reference = open_ticket(site)
    assert "wacht op behandeling" in site.say(f"status van {reference}")
    is_sqlite = not site.settings
    if is_sqlite:
        site.cybo("backup", str(tmp_path / "cybo.tar.gz"))

    receipt = site.cybo("erase", "--subject", "an@example.be", "--yes")

    assert receipt["erased"]["tickets"] == receipt["erased"]["conversations"] == 1
    assert receipt["erased"]["turns"] == 5
    assert "vind geen aanvraag" in site.say(f"status van {reference}, an@example.be", "ben")
    assert site.say("hallo"), "the conversation begins anew"
    assert site.cybo("erase", "--subject", "an@example.be", "--yes")["erased"]["tickets"] == 0
    if is_sqlite:
        # Ben asked with her address; that too is gone now.
        for personal in (b"an@example.be", b"Peeters", b"4A:7F:02"):
            assert personal not in on_disk(tmp_path)
        _restored_after_stopping(site, tmp_path, reference)


def _restored_after_stopping(site: Site, folder: Path, reference: str) -> None:
    archive, installation = folder / "cybo.tar.gz", Installation(folder, folder / "retention.yml")
    with pytest.raises(HelpdeskError, match="stop Cybo"):
        restore(installation, archive, datetime.now(timezone.utc), force=True)
    site.kill()
    restore(installation, archive, datetime.now(timezone.utc), force=True)
    site.start()
    assert "wacht op behandeling" in site.say(f"status van {reference}")


def test_two_servers_share_a_conversation_on_postgresql(
    postgresql_url: str, tmp_path: Path
) -> None:
    sites = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        sites.append(Site(tmp_path / name, settings={"CYBO_DATABASE_URL": postgresql_url}))
    one, two = sites
    one.start()
    two.start()

    assert "grijs" in one.say("Ik krijg een grijs scherm in Filing").lower()
    one.say(REQUEST)
    two.say("nee")
    opened = one.say("ja")
    status = two.say("hoe staat het met mijn aanvraag?")

    [ticket] = two.cybo("tickets", "list")
    assert ticket["reference"] in opened
    assert "wacht op behandeling" in status
    assert turns_recorded(one, wanted=5) == 5
    for site in sites:
        site.kill()


def turns_recorded(site: Site, *, wanted: int) -> int:
    """Count the turns in the journal, which servers fill a moment after they answered."""
    engine = open_database(read_settings(site.environment).tickets_url)
    found, deadline = 0, time.monotonic() + 10
    while found < wanted and time.monotonic() < deadline:
        time.sleep(0.2)
        with engine.connect() as connection:
            found = len(connection.execute(select(tables.TURNS.c.id)).all())
    engine.dispose()
    return found
