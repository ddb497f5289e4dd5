"""Examines what Cybo makes of whole mails.

python -m bench.evaluation.mails                   the held-out mails of tests/heldout/
python -m bench.evaluation.mails --set development --language nl --output misses.tsv

Each mail goes through `cybo triage` as if it had come: its bytes, the model, the decision.
"""

import argparse
import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import yaml
from rich.progress import track
from threadpoolctl import threadpool_limits

from bench.evaluation.__main__ import PROJECT, print_figures
from bench.evaluation.figures import Figure
from bench.evaluation.marked import TODAY, comparable
from bot.details import CERTIFICATE_DETAILS, FILING_DETAILS, InvalidDetail, parse_detail
from bot.dialogue.assistant import Assistant
from bot.language import LANGUAGES
from bot.mailbox.clerk import Clerk
from bot.settings import read_settings
from bot.shell.triage import DryRun

SETS = ("heldout", "development")
DESK = "desk@balans.example"
COLUMNS = ("language", "number", "kind", "faults", "missed", "invented")

Value = tuple[str, int, str]
"""A detail, the number of its filing (0 for the certificate) and its value."""


@dataclass(frozen=True)
class Examined:
    """A mail and what became of it."""

    language: str
    number: int
    kind: str
    expected: Mapping[str, Any]
    found: Mapping[str, Any]

    @property
    def wanted(self) -> Counter[Value]:
        """Give the details that the mail states."""
        filings = self.expected.get("filings") or []
        return values_of(filings, self.expected.get("certificate") or {})

    @property
    def read(self) -> Counter[Value]:
        """Give the details that were read."""
        fields = dict(self.found["fields"])
        return values_of(fields.pop("filings", []), fields)

    @property
    def is_request(self) -> bool:
        """Say whether the mail asks for a migration."""
        return bool(self.expected["category"] == "migration_request")

    @property
    def faults(self) -> list[str]:
        """Name what is not as it should be."""
        names = ("language", "category", "should_reply")
        wrong = [f"{name} is {self.found[name]}" for name in names if self._differs(name)]
        if self.expected["should_reply"] and not self.are_topics_right:
            wrong.append(f"topics are {', '.join(self.found['topics']) or 'none'}")
        if self.wanted != self.read:
            wrong.append("details")
        return wrong

    @property
    def are_topics_right(self) -> bool:
        """Say whether every question is answered, and nothing else."""
        return set(self.found["topics"]) == set(self.expected.get("topics") or [])

    def _differs(self, name: str) -> bool:
        # Who gets no answer needs no language.
        is_silent = name == "language" and not self.expected["should_reply"]
        return not is_silent and self.found[name] != self.expected[name]


def values_of(
    filings: Iterable[Mapping[str, Any]], certificate: Mapping[str, Any]
) -> Counter[Value]:
    """Count the details of a request, each in its plain form."""
    found: Counter[Value] = Counter()
    for number, filing in enumerate(filings, 1):
        for name in FILING_DETAILS:
            if filing.get(name):
                found[name, number, _plain(name, str(filing[name]))] += 1
    for name in CERTIFICATE_DETAILS:
        if certificate.get(name):
            found[name, 0, _plain(name, str(certificate[name]))] += 1
    return found


def _plain(name: str, value: str) -> str:
    try:
        return comparable(name, parse_detail(name, value, today=TODAY))
    except InvalidDetail:
        return comparable(name, value)


def bytes_of(mail: Mapping[str, Any]) -> bytes:
    """Write a mail as it would come."""
    message = EmailMessage(policy=SMTP)
    for name, value in (mail.get("headers") or {}).items():
        # The text alone counts, also of a report that came in parts.
        if name.lower() != "content-type":
            message[name] = str(value)
    message["From"], message["To"] = mail["from"], DESK
    message["Subject"] = " ".join(str(mail["subject"]).split())
    message.set_content(mail["body"])
    return bytes(message)


async def examine(triage: DryRun, set_name: str, language: str) -> list[Examined]:
    """Triage every mail of a set and language."""
    path = PROJECT / "tests" / set_name / f"mails.{language}.yml"
    mails = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [
        Examined(language, n, mail["kind"], mail["expect"], await triage.triage(bytes_of(mail)))
        for n, mail in enumerate(track(mails, f"mails, {language} ..."), 1)
    ]


def mail_figures(examined: Sequence[Examined]) -> list[Figure]:
    """Give the shares that are right, 0 to 1."""
    requests = [e for e in examined if e.is_request]
    asking = [e for e in examined if len(e.expected.get("topics") or []) > 1]
    silent = [e for e in examined if not e.expected["should_reply"]]
    wanted = sum((e.wanted for e in examined), Counter[Value]())
    read = sum((e.read for e in examined), Counter[Value]())
    right = sum((e.wanted & e.read for e in examined), Counter[Value]())
    figures = [
        _share("details: precision", right.total(), read.total()),
        _share("details: recall", right.total(), wanted.total()),
    ]
    for name in (*FILING_DETAILS, *CERTIFICATE_DETAILS):
        of = [sum(n for v, n in count.items() if v[0] == name) for count in (right, read, wanted)]
        figures.append(_share(f"  {name}: precision", of[0], of[1]))
        figures.append(_share(f"  {name}: recall", of[0], of[2]))
    figures += [
        _share(
            "requests: every detail exact",
            _count(requests, lambda e: e.wanted == e.read),
            len(requests),
        ),
        _share("mails without any fault", _count(examined, lambda e: not e.faults), len(examined)),
        _share(
            "category right", _count(examined, lambda e: not e._differs("category")), len(examined)
        ),
        _share(
            "several questions: all answered",
            _count(asking, lambda e: e.are_topics_right),
            len(asking),
        ),
        _share(
            "answered though nobody wants it",
            _count(silent, lambda e: e.found["should_reply"]),
            len(silent),
        ),
    ]
    return [figure for figure in figures if figure.count]


def _count(examined: Iterable[Examined], is_so: Any) -> int:
    return sum(map(is_so, examined))


def _share(label: str, part: int, whole: int) -> Figure:
    return Figure(label, part / whole if whole else 0.0, whole)


async def run(set_name: str, languages: Sequence[str]) -> list[Examined]:
    """Examine and print."""
    settings = read_settings({"CYBO_CONTACT_EMAIL": DESK})
    assistant = Assistant.load(settings)
    clerk = Clerk(assistant, assistant.responses, settings, takes_all=True)
    triage = DryRun(clerk, TODAY)
    found: list[Examined] = []
    with threadpool_limits(1):
        for language in languages:
            examined = await examine(triage, set_name, language)
            print_figures(f"{set_name}, mails, {language}", mail_figures(examined))
            found += examined
    return found


def write(examined: Iterable[Examined], output: Path) -> None:
    """Write every mail with a fault, and say where it stands."""
    rows = [COLUMNS]
    for e in examined:
        if e.faults:
            missed = " | ".join(map(str, (e.wanted - e.read).elements()))
            invented = " | ".join(map(str, (e.read - e.wanted).elements()))
            rows.append((e.language, str(e.number), e.kind, "; ".join(e.faults), missed, invented))
    output.write_text("\n".join("\t".join(row) for row in rows) + "\n", encoding="utf-8")
    print(f"misses: {output}")


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(prog="python -m bench.evaluation.mails")
    parser.add_argument("--set", choices=SETS, default="heldout")
    parser.add_argument("--language", choices=LANGUAGES, help="one alone; all without it")
    parser.add_argument("--output", type=Path, help="where to write every miss")
    arguments = parser.parse_args()
    languages = [arguments.language] if arguments.language else list(LANGUAGES)
    examined = asyncio.run(run(arguments.set, languages))
    if arguments.output:
        write(examined, arguments.output)


if __name__ == "__main__":
    main()
