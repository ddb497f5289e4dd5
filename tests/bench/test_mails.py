"""How whole mails are scored."""

from typing import Any

from bench.evaluation.mails import Examined, bytes_of, mail_figures

FILING = {"enterprise_number": "0403170701", "closing_date": "2022-12-31"}
FOUND = {
    "language": "nl",
    "category": "migration_request",
    "should_reply": True,
    "topics": ["fees"],
    "fields": {"filings": [FILING], "certificate_type": "isabel"},
}


def examined(**expected: Any) -> Examined:
    whole = {
        "language": "nl",
        "category": "migration_request",
        "should_reply": True,
        "topics": ["fees"],
        "filings": [FILING],
        "certificate": {"certificate_type": "isabel"},
    }
    return Examined("nl", 1, "prose", {**whole, **expected}, FOUND)


def test_a_mail_without_a_fault() -> None:
    assert examined().faults == []


def test_each_difference_is_a_fault() -> None:
    assert examined(category="question", topics=["fees", "browsers"], certificate={}).faults == [
        "category is migration_request",
        "topics are fees",
        "details",
    ]


def test_who_gets_no_answer_needs_no_language() -> None:
    assert examined(should_reply=False, language="fr").faults == ["should_reply is True"]


def test_the_figures_count_details() -> None:
    half = examined(filings=[{**FILING, "filing_model": "micro"}])

    figures = {f.label: (f.share, f.count) for f in mail_figures([examined(), half])}

    assert figures["details: precision"] == (1.0, 6)
    assert figures["details: recall"] == (6 / 7, 7)
    assert figures["requests: every detail exact"] == (0.5, 2)


def test_a_mail_is_written_as_it_would_come() -> None:
    raw = bytes_of(
        {"from": "An <an@x.be>", "subject": "Hé\nda", "body": "Dag", "headers": {"X": 1}}
    )

    assert raw.startswith(b"X: 1\r\nFrom: An <an@x.be>")
    assert b"desk@balans.example" in raw
