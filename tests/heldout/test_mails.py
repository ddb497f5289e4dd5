"""The mails that Cybo is examined on: what is noted of each is what a mail may state at all."""

from datetime import date
from typing import Any

import pytest
import yaml

from bot.details import CERTIFICATE_DETAILS, FILING_DETAILS, parse_detail
from bot.language import LANGUAGES
from bot.triage.decide import CATEGORIES
from tests.heldout.test_moves import HELD_OUT

TODAY = date(2026, 11, 29)
FACTS = HELD_OUT.parents[1] / "data" / "guidance" / "facts.yaml"
KINDS = set(
    "prose list table several correction with_question question questions reply other smalltalk "
    "automatic spam".split()
)


# How many each set has at least, a language.
SETS = {"heldout": 60, "development": 40}
WRITTEN = [(set_name, language) for set_name in SETS for language in LANGUAGES]


def mails(set_name: str, language: str) -> list[dict[str, Any]]:
    path = HELD_OUT.parent / set_name / f"mails.{language}.yml"
    return list(yaml.safe_load(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize(("set_name", "language"), WRITTEN)
def test_every_mail_says_what_a_clerk_makes_of_it(set_name: str, language: str) -> None:
    topics = {
        str(topic["name"])
        for topic in yaml.safe_load(FACTS.read_text(encoding="utf-8"))["topics"].values()
    }

    wrong = [
        (number, mail["kind"])
        for number, mail in enumerate(mails(set_name, language), 1)
        if mail["kind"] not in KINDS
        or mail["expect"]["category"] not in CATEGORIES
        or not set(mail["expect"].get("topics") or []) <= topics
        or not isinstance(mail["expect"]["should_reply"], bool)
        or not mail["body"].strip()
    ]

    assert len(mails(set_name, language)) >= SETS[set_name]
    assert wrong == []


@pytest.mark.parametrize(("set_name", "language"), WRITTEN)
def test_every_detail_of_a_mail_keeps_to_the_rules(set_name: str, language: str) -> None:
    stated = [
        (name, str(value))
        for mail in mails(set_name, language)
        for part in [
            *(mail["expect"].get("filings") or []),
            mail["expect"].get("certificate") or {},
        ]
        for name, value in part.items()
    ]

    assert {name for name, _ in stated} <= {
        *FILING_DETAILS,
        *CERTIFICATE_DETAILS,
        "certificate_brand",
    }
    for name, value in stated:
        if name in {"enterprise_number", "closing_date", "filing_model", "certificate_type"}:
            assert parse_detail(name, value, today=TODAY) == value
