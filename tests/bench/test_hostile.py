"""What an attack found is judged by what was promised; a minute of it breaks no promise."""

import asyncio
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from typing import Any

import pytest

from bench.hostile.chats import SCRIPTS, signs_of_a_command
from bench.hostile.kinds import BYSTANDER, VICTIM
from bench.hostile.mails import KINDS
from bench.hostile.postman import Delivered, Fate, good_mails
from bench.hostile.pulse import Pulse, percentile, tree_mb
from bench.hostile.report import promises, render
from bench.hostile.run import Plan, attack
from bench.hostile.stage import Sent, staged
from bench.hostile.tally import Ledger, Tally
from bot.triage.records import ANSWERED, LEFT, TICKETED
from tests.mailbox.dovecot import binary

ONE = KINDS[0]
SILENT_ONE = next(kind for kind in KINDS if not kind.is_answerable)


def test_each_script_says_something_within_the_limit_of_the_chat() -> None:
    for script in SCRIPTS:
        said = script.write(random.Random(1))

        assert said, script.name
        assert all(0 < len(text) <= 4_000 for text in said), script.name


def test_good_people_write_questions_and_requests_in_every_language() -> None:
    mails = list(islice(good_mails(), 15))

    assert len({mail.sender for mail in mails}) == 15
    assert Counter(mail.language for mail in mails) == {"en": 5, "fr": 5, "nl": 5}
    assert Counter(mail.topic == "" for mail in mails) == {False: 12, True: 3}


@pytest.mark.parametrize(
    "event",
    [
        {"event": "restart"},
        {"event": "slot", "name": "language", "value": "xx"},
        {"event": "user", "parse_data": {"intent": {"name": "session_start"}}},
        {"event": "user", "parse_data": {"entities": [{"entity": "a", "value": "xx"}]}},
    ],
)
def test_a_command_that_reached_a_conversation_is_seen(event: dict[str, Any]) -> None:
    assert signs_of_a_command({"events": [event]})


def test_a_conversation_without_commands_is_not_suspected() -> None:
    said = {"event": "user", "parse_data": {"intent": {"name": "affirm"}, "entities": []}}

    found = signs_of_a_command({"events": [said, {"event": "slot", "name": "a", "value": "nl"}]})

    assert not found


def test_a_percentile_is_the_value_that_a_share_does_not_exceed() -> None:
    assert [percentile(range(100), share) for share in (0, 0.5, 0.99, 1)] == [0, 50, 99, 99]
    assert percentile([], 0.5) == 0


class Stalling(BaseHTTPRequestHandler):
    """Answers as `/livez` does, the first time late."""

    has_stalled = False
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if not Stalling.has_stalled:
            Stalling.has_stalled = True
            time.sleep(0.65)
        body = b'{"status": "alive"}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def test_a_stall_counts_for_every_probe_that_was_due_meanwhile() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Stalling)
    Thread(target=server.serve_forever, daemon=True).start()
    pulse = Pulse(server.server_address[1])

    pulse.start()
    time.sleep(1)
    pulse.stop()
    server.shutdown()

    assert pulse.failures == 0
    assert sum(seconds > 0.1 for seconds in pulse.seconds) >= 4


def test_the_memory_of_a_process_includes_that_of_its_children() -> None:
    alone = tree_mb(os.getpid())
    program = "a = bytearray(80_000_000); input()"
    child = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE)

    together = wait_for(lambda: tree_mb(os.getpid()), at_least=alone + 60)
    child.communicate(b"\n")

    assert together >= alone + 60
    assert tree_mb(child.pid) == 0


def wait_for(measure: Callable[[], float], *, at_least: float) -> float:
    end = time.monotonic() + 20
    while (measured := measure()) < at_least and time.monotonic() < end:
        time.sleep(0.05)
    return measured


def found(**differences: Any) -> Any:
    """Findings of an attack that broke nothing."""
    mail = Delivered(1, 0.0, ONE, "a@evil.example")
    known = {
        "postman": SimpleNamespace(delivered=[mail], outcomes=lambda fates: {}),
        "pulse": SimpleNamespace(seconds=[0.01] * 100, failures=0),
        "fates": {1: Fate(LEFT)},
        "ledger": Ledger(seconds=[0.1]),
        "tally": Tally(),
        "memory_mb": [600.0, 700.0],
        "own_mb": [500.0, 500.0],
        "injected": [],
        "at_rest_s": [0.01],
        "stall_s": None,
        "seconds": 60.0,
        "stage": SimpleNamespace(
            rows=lambda query: [] if "GROUP BY" in query else [(0,)],
            letters=SimpleNamespace(sent=[]),
        ),
    }
    return SimpleNamespace(**{**known, **differences})


def broken(findings: Any) -> list[str]:
    return [way for promise in promises(findings) for way in promise.broken]


def letters(*recipients: str) -> Any:
    sent = [Sent((recipient,), b"", 0.0) for recipient in recipients]
    rows = found().stage.rows
    return SimpleNamespace(rows=rows, letters=SimpleNamespace(sent=sent))


def errors() -> Tally:
    tally = Tally()
    tally.note("odd_json", "500")
    return tally


def test_an_attack_that_changed_nothing_breaks_no_promise() -> None:
    assert broken(found()) == []


@pytest.mark.parametrize(
    ("differences", "way"),
    [
        ({"fates": {}}, "without an outcome"),
        ({"fates": {1: Fate(LEFT), 2: Fate(LEFT)}}, "nobody sent"),
        ({"pulse": SimpleNamespace(seconds=[0.01] * 90 + [5.0] * 10, failures=0)}, "5000 ms"),
        ({"pulse": SimpleNamespace(seconds=[0.01], failures=1)}, "no answer"),
        ({"ledger": Ledger(seconds=[0.1, 1.5])}, "1500 ms"),
        ({"ledger": Ledger()}, "no turn"),
        ({"ledger": Ledger(seconds=[0.1], wrong=["visitor, nl: no answer"])}, "visitor, nl"),
        ({"stage": letters(VICTIM)}, VICTIM),
        ({"stage": letters(*[BYSTANDER] * 5)}, "got 5"),
        ({"injected": ["commands: a slot"]}, "a slot"),
        ({"tally": errors()}, "odd_json: 1 x 500"),
        ({"memory_mb": [600.0, 900.0]}, "from 600 to 900 MB"),
        ({"memory_mb": [600.0, 0.0]}, "gone"),
    ],
)
def test_what_went_wrong_breaks_a_promise(differences: dict[str, Any], way: str) -> None:
    [only] = broken(found(**differences))

    assert way in only


def test_a_ticket_from_a_kind_that_may_not_open_one_breaks_a_promise() -> None:
    mail = Delivered(1, 0.0, replace(SILENT_ONE), "a@evil.example")
    postman = SimpleNamespace(delivered=[mail], outcomes=lambda fates: {})

    [only] = broken(found(postman=postman, fates={1: Fate(TICKETED, "migration_request")}))

    assert "ticketed (migration_request)" in only


def test_the_report_names_every_promise_and_what_was_sent() -> None:
    counted = {ONE.name: Counter({ANSWERED: 2, LEFT: 1})}
    postman = SimpleNamespace(delivered=[], outcomes=lambda fates: counted)

    text = render(found(postman=postman, fates={}))

    assert "3  2 answered, 1 left" in text
    assert text.count("kept") == len(promises(found()))


@pytest.mark.trained
@pytest.mark.alone
def test_a_minute_of_attacks_loses_nobody_and_fools_nobody(tmp_path: Path) -> None:
    if binary() is None:
        if os.environ.get("CI"):
            pytest.fail("dovecot is not installed; .ci/run installs dovecot-imapd")
        pytest.skip("needs dovecot-imapd")

    with staged(tmp_path / "server.log") as stage:
        findings = asyncio.run(attack(stage, Plan(seconds=60)))
        found, report = promises(findings), render(findings)

    # Seconds are for `make hostile`: what a machine has left for them differs.
    ways = [p for p in found if p.broken and not p.text.startswith(("/livez", "a chat"))]
    assert not ways, report
