"""Mails as people and their programs send them, and what a good clerk makes of each.

The mails lie in ``corpus/``; ``corpus/expected.yml`` says what is expected and explains its
own keys.
"""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.details import DETAILS
from bot.dialogue.assistant import Assistant, ModelMissing
from bot.mailbox.clerk import Clerk
from bot.settings import Settings
from bot.shell.triage import DryRun

CORPUS = Path(__file__).parent / "corpus"
EXPECTED: dict[str, dict[str, Any]] = yaml.safe_load(
    (CORPUS / "expected.yml").read_text(encoding="utf-8")
)
NAMES = sorted(path.name for path in CORPUS.glob("*.eml"))
DESK = "helpdesk.ba@example.be"
TODAY = date(2026, 11, 24)
KEYS = {
    "language", "category", "topics", "topics_any", "fields", "missing", "should_reply", "reason",
    "says", "says_not", "quarantined", "xfail",
}  # fmt: skip
_PLAIN = ("language", "category", "should_reply", "reason", "fields")


@pytest.fixture(scope="module")
def dry_run(tmp_path_factory: pytest.TempPathFactory) -> DryRun:
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("var"),
        contact_email=DESK,
        mail_trusted_host="mx.example.be",
    )
    try:
        assistant = Assistant.load(settings)
    except ModelMissing as error:
        pytest.fail(str(error))
    return DryRun(Clerk(assistant, assistant.responses, settings), TODAY)


@pytest.mark.trained
@pytest.mark.parametrize("name", NAMES)
async def test_a_mail_is_treated_as_a_good_clerk_would(name: str, dry_run: DryRun) -> None:
    expected = EXPECTED[name]

    result = await dry_run.triage((CORPUS / name).read_bytes())

    differences = list(differing(expected, result))
    if differences and "xfail" in expected:
        pytest.xfail(expected["xfail"])
    assert not differences, "\n".join(differences)


def differing(expected: dict[str, Any], result: dict[str, Any]) -> Iterator[str]:
    """Say in what a result differs from what was expected; quietly ends when in nothing."""
    if "quarantined" in expected:
        expected = {"reason": f"quarantined: {expected['quarantined']}", "should_reply": False}
    for key in _PLAIN:
        if key in expected and expected[key] != result[key]:
            yield f"{key}: {result[key]!r}, expected {expected[key]!r}"
    missing = expected.get("missing", result["missing"])
    if (list(DETAILS) if missing == "all" else missing) != result["missing"]:
        yield f"missing: {result['missing']}, expected {missing}"
    topics = set(result["topics"])
    if topics != set(expected.get("topics", topics)):
        yield f"topics: {result['topics']}, expected {expected['topics']}"
    allowed = set(expected.get("topics_any", topics))
    if not topics <= allowed or (allowed and not topics):
        yield f"topics: {result['topics']}, expected of {sorted(allowed)}"
    yield from _wording(expected, result)


def _wording(expected: dict[str, Any], result: dict[str, Any]) -> Iterator[str]:
    reply = result["reply"]
    text = f"{reply['subject']}\n{reply['text']}" if reply else ""
    for words in expected.get("says", ()):
        if str(words) not in text:
            yield f"the reply does not say {words!r}"
    for words in expected.get("says_not", ()):
        if str(words) in text:
            yield f"the reply says {words!r}"


def test_every_mail_has_an_expectation_and_every_expectation_a_mail() -> None:
    assert list(EXPECTED) == NAMES
    assert {key for expected in EXPECTED.values() for key in expected} <= KEYS


def test_the_corpus_is_large_and_covers_the_languages() -> None:
    languages = Counter(name.partition("_")[0] for name in NAMES)

    assert len(NAMES) >= 120
    assert min(languages[language] for language in ("en", "fr", "nl")) >= 25


def test_nobody_real_is_in_the_corpus() -> None:
    address = re.compile(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)")
    of_the_answers = {"minfin.fed.be"}

    for name in NAMES:
        text = (CORPUS / name).read_bytes().decode("latin-1").replace("=\r\n", "")
        domains = {domain.lower() for domain in address.findall(text)} - of_the_answers
        assert all(re.search(r"(?:^|\.)example\.[a-z]{2,3}$", d) for d in domains), name
