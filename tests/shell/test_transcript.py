from pathlib import Path
from typing import Any

import pytest

from bot.dialogue.responses import GuidanceResponses
from bot.language import LANGUAGES
from bot.settings import Settings
from bot.shell.project import read_responses
from bot.shell.transcript import Transcript, TranscriptError, Turn, differences


def reply(text: str, outcome: str = "answer", *topics: str) -> dict[str, Any]:
    return {"text": text, "outcome": outcome, "topics": list(topics)}


@pytest.mark.parametrize("language", [None, *LANGUAGES])
@pytest.mark.parametrize(
    "words",
    [
        "grijs scherm",
        "« Où sont mes formulaires ? »",
        "😀",
        "no",
        "yes",
        "123",
        "31/12/2022",
        "null",
        "- a: [b]",
        "two\nlines",
        "  spaces  ",
        'it\'s "quoted": {x} # y',
        "x" * 500,
    ],
)
def test_a_saved_conversation_is_read_back_as_it_was(
    tmp_path: Path, words: str, language: str | None
) -> None:
    path = tmp_path / "saved.yml"
    turns = [Turn(words, [reply(f"U zei: {words}", "clarify", "idaas")]), Turn("ok", [])]

    Transcript(turns, language).save(path)

    assert Transcript.load(path) == Transcript(turns, language)


def test_a_saved_conversation_can_be_read_by_a_person(tmp_path: Path) -> None:
    path = tmp_path / "saved.yml"

    Transcript([Turn("écran gris", [reply("Réessayez « Connexion ».")])], "fr").save(path)

    text = path.read_text(encoding="utf-8")
    assert "écran gris" in text
    assert "« Connexion »" in text


@pytest.mark.parametrize(
    "content",
    [
        "",
        "hallo",
        "- user: hallo",
        "turns:",
        "turns: hallo",
        "turns: [hallo]",
        "turns:\n- replies: []",
        "turns:\n  user: hallo",
        "language: nl",
        "turns: [",
        "turns: !!python/object/apply:os.getcwd []",
        "\x00",
        "turns:\n- user: hallo\n  replies: 3",
        "turns:\n- user: hallo\n  replies: [tekst]",
    ],
)
def test_a_file_that_is_no_conversation_is_refused_by_name(tmp_path: Path, content: str) -> None:
    path = tmp_path / "other.yml"
    path.write_text(content, encoding="utf-8")

    with pytest.raises(TranscriptError, match=r"other\.yml: is no saved conversation"):
        differences(Transcript.load(path).turns[0].replies, [])


def test_a_file_that_is_no_text_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(b"\xff\xd8\xff\xe0\x00\x10JFIF")

    with pytest.raises(TranscriptError, match=r"photo\.jpg"):
        Transcript.load(path)


@pytest.mark.parametrize("make", [lambda path: path / "missing.yml", lambda path: path])
def test_a_file_that_cannot_be_read_is_refused_by_name(tmp_path: Path, make: Any) -> None:
    path = make(tmp_path)

    with pytest.raises(TranscriptError, match="cannot be read") as caught:
        Transcript.load(path)

    assert str(path) in str(caught.value)


def test_equal_replies_do_not_differ() -> None:
    replies = [reply("Eén.\nTwee.", "answer", "idaas"), reply("Drie.")]

    assert differences(replies, [dict(each) for each in replies]) == []


@pytest.mark.parametrize(
    "after",
    [
        [reply("Anders.", "answer", "idaas")],
        [reply("Zo.", "clarify", "idaas")],
        [reply("Zo.", "answer", "grey_screen")],
        [reply("Zo.", "answer", "idaas", "grey_screen")],
        [reply("Zo.", "answer", "idaas"), reply("En nog iets.")],
        [],
    ],
)
def test_other_words_outcome_or_topics_differ(after: list[dict[str, Any]]) -> None:
    assert differences([reply("Zo.", "answer", "idaas")], after)


def test_a_difference_shows_what_was_saved_and_what_is_said_now() -> None:
    diff = differences([reply("Bel ons.")], [reply("Mail ons.")])

    assert "-Bel ons." in diff
    assert "+Mail ons." in diff


@pytest.mark.parametrize(
    ("saved", "now"),
    [
        ("Uw referentie: CYB-2026-000001-4.", "Uw referentie: CYB-2027-000123-7."),
        ("Vermeld ERR-0A1B2C3D.", "Vermeld ERR-FFFFFFFF."),
    ],
)
def test_references_differ_at_every_run_and_do_not_count(saved: str, now: str) -> None:
    assert differences([reply(saved)], [reply(now)]) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_day_a_request_was_registered_does_not_count(language: str) -> None:
    responses = GuidanceResponses(settings=Settings())
    responses.responses = read_responses()
    told = [
        responses.render(
            "utter_ticket_status_new", language, {"reference": reference, "date": date}
        )
        for reference, date in (
            ("CYB-2026-000001-4", "22/11/2026"),
            ("CYB-2027-000009-2", "03/01/2027"),
        )
    ]

    saved, now = ([reply(response["text"])] for response in told if response)

    assert differences(saved, now) == []


def test_a_fact_that_changed_counts() -> None:
    saved, now = reply("Sinds 01/02/2024 bij IDAAS."), reply("Sinds 31/01/2024 bij IDAAS.")

    assert differences([saved], [now])
