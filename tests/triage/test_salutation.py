"""The greeting goes; a sentence that begins with one stays."""

import pytest

from bot.triage.salutation import without_salutation


@pytest.mark.parametrize(
    "line",
    [
        "Geachte heer, geachte mevrouw,", "Beste", "Beste collega's,", "Goeiemorgen,", "Dag Frank",
        "Dag, hier zijn ze:", "Bonjour Madame, Monsieur,", "Bonjour", "Dear Sir/Madam,",
        "Hi there!", "Sehr geehrte Damen und Herren,", "Hello Tim, hello helpdesk,",
    ],
)  # fmt: skip
def test_a_line_that_only_greets_is_dropped(line: str) -> None:
    assert without_salutation(f"{line}\n\nHet scherm blijft grijs.") == "Het scherm blijft grijs."


@pytest.mark.parametrize(
    "text",
    [
        "Bonjour, je voudrais introduire une demande de migration pour mes\nformulaires",
        "Hallo, ik krijg een grijs scherm!\nWat nu?",
        "Beste, ik geraak niet binnen. Wat nu?\nGroeten",
        "Dagelijks valt de toepassing uit,\nwat nu?",
    ],
)
def test_a_sentence_after_the_greeting_stays(text: str) -> None:
    assert without_salutation(text) == text
