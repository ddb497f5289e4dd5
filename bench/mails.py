"""How fast mails are triaged, and whether memory stays flat.

python -m bench.mails                2,000 mails: questions, requests, machines, odd ones
python -m bench.mails --mails 500
python -m bench.mails --here    reads in this process instead of the reader's

Everything is real but the mailbox, which is a list: reading, understanding, deciding,
writing the answer, and the journal with its outbox on disk.
"""

import argparse
import asyncio
import os
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timezone
from email.message import EmailMessage
from email.policy import SMTP
from itertools import cycle, islice
from pathlib import Path

from bench.evaluation.messages import read_messages
from bench.server import resident_mb
from bot.dialogue.assistant import Assistant
from bot.language import LANGUAGES
from bot.mailbox.build import MailParts
from bot.mailbox.clerk import Clerk
from bot.mailbox.reader import ReaderApart
from bot.mailbox.reading import ReaderHere
from bot.settings import Settings, read_settings
from bot.storage import open_database

HELDOUT = Path(__file__).parent.parent / "tests" / "heldout"
DESK = "desk@balans.example"
_FORM = (
    "\n\nOndernemingsnummer: 0403.170.701\nDate de clôture: 31/12/2022\nModel: micro\n"
    "Certificate owner: An Peeters\n"
)
_QUOTE = "\n\nOn 3 Nov 2026, at 10:12, Cybo <desk@balans.example> wrote:\n" + "> older text\n" * 40
_CHUNKS = 10


class ListedMailbox:
    """A mailbox that is a list."""

    uid_validity = 1

    def __init__(self) -> None:
        self.mails: dict[int, bytes] = {}

    def find(self, above: int, since: date) -> list[int]:
        """Give the new ones."""
        return [uid for uid in self.mails if uid > above]

    def sizes(self, uids: Sequence[int]) -> Mapping[int, int]:
        """Give their sizes."""
        return {uid: len(self.mails[uid]) for uid in uids}

    def fetch(self, uids: Sequence[int]) -> Mapping[int, bytes]:
        """Give their bytes."""
        return {uid: self.mails[uid] for uid in uids}

    def mark(self, uids: Sequence[int]) -> None:
        """Forget them."""
        for uid in uids:
            del self.mails[uid]

    quarantine = mark


class Tally:
    """Counts outcomes."""

    def __init__(self) -> None:
        self.outcomes: Counter[str] = Counter()

    def received(self, number: int) -> None:
        """Leave it: the outcomes add up to it."""

    def settled(self, outcome: str, reason: str) -> None:
        """Count one."""
        self.outcomes[outcome] += 1


def write_mails(number: int) -> Iterator[bytes]:
    """Write mixed mails: the held-out messages as people and machines would send them."""
    texts = [m.text for language in LANGUAGES for m in read_messages(HELDOUT, language)][::3]
    for position, text in enumerate(islice(cycle(texts), number)):
        kind = position % 10
        message = EmailMessage(policy=SMTP)
        message["From"] = f"An Peeters <sender{position}@firma.example>"
        message["To"] = DESK
        message["Subject"] = text[:60].replace("\n", " ")
        message["Message-ID"] = f"<{position}@firma.example>"
        if kind == 0:
            message["Auto-Submitted"] = "auto-replied"
        body = text + (_FORM if kind in {1, 2} else "") + (_QUOTE if kind in {3, 4} else "")
        message.set_content(body, cte="base64" if kind == 5 else "quoted-printable")
        if kind in {6, 7}:
            message.add_alternative(f"<p>{body}</p>", subtype="html")
        if kind == 8:
            message.add_attachment(os.urandom(50_000), maintype="image", subtype="png")
        raw = message.as_bytes()
        yield raw if kind != 9 else raw.replace(b"Content-Type: text/plain", b"Content-Type: text")


async def run(number: int, folder: Path, *, here: bool) -> None:
    """Triage and print."""
    settings = Settings(
        **{
            **read_settings(os.environ).model_dump(),
            "data_dir": folder,
            "mail_address": DESK,
            "contact_email": DESK,
            "imap_host": "list",
            "imap_user": "bench",
            "imap_password": "bench",
            "mail_per_hour": 1_000_000,
            "mail_per_domain_hour": 1_000_000,
        }
    )
    assistant = Assistant.load(settings)
    await assistant.probe()
    clerk = Clerk(assistant, assistant.responses, settings)
    engine = open_database(settings.tickets_url)
    tally = Tally()
    reader = ReaderHere(clerk) if here else ReaderApart(settings)
    await reader.ready()
    parts = MailParts(
        settings, clerk, engine, b"k" * 32, lambda: datetime.now(timezone.utc), reader=reader
    )
    intake, mailbox = parts.intake(tally), ListedMailbox()
    mails = list(write_mails(number))
    apart = reader.pid if isinstance(reader, ReaderApart) else None
    rates, memory = [], [resident_mb(apart or os.getpid())]
    size = len(mails) // _CHUNKS
    began = [_cpu_s(os.getpid()), _cpu_s(apart)]
    for start in range(0, size * _CHUNKS, size):
        for position in range(start, start + size):
            mailbox.mails[position + 1] = mails[position]
        started = time.perf_counter()
        await intake.run_once(mailbox)
        rates.append(size / (time.perf_counter() - started))
        memory.append(resident_mb(apart or os.getpid()))
    print(f"{size * _CHUNKS} mails: {dict(tally.outcomes)}")
    print(f"mails a second: median {statistics.median(rates):.0f}, slowest {min(rates):.0f}")
    cost = [_cpu_s(os.getpid()) - began[0], _cpu_s(apart) - began[1]]
    told = [1000 * seconds / (size * _CHUNKS) for seconds in cost]
    print(f"processor, ms a mail: {told[0]:.1f} here, {told[1]:.1f} in the reader")
    print("resident MB of who reads: " + ", ".join(f"{mb:.0f}" for mb in memory))
    if isinstance(reader, ReaderApart):
        await reader.stop()


def _cpu_s(pid: int | None) -> float:
    """Give the seconds that a process has computed."""
    if pid is None:
        return 0.0
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(prog="python -m bench.mails", description=__doc__)
    parser.add_argument("--mails", type=int, default=2000)
    parser.add_argument("--here", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(arguments.mails, Path(folder), here=arguments.here))


if __name__ == "__main__":
    main()
