import copy
from pathlib import Path
from typing import Any

import pytest
from rasa.core.actions.action import create_bot_utterance
from rasa.core.nlg.generator import NaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot.dialogue.responses import GuidanceResponses
from bot.guidance.consistency import PLACEHOLDERS
from bot.language import LANGUAGES
from bot.settings import Settings
from bot.shell.project import read_responses

DISCLOSURE = {
    "en": "I am automated.",
    "fr": "Je suis automatisé.",
    "nl": "Ik ben geautomatiseerd.",
}
ANSWER = {"en": "Log in again.", "fr": "Reconnectez-vous.", "nl": "Meld u opnieuw aan."}
DATA = Path(__file__).parents[2] / "data"


@pytest.fixture
def responses(domain: Domain) -> GuidanceResponses:
    return GuidanceResponses(domain=domain, settings=Settings())


def conversation(domain: Domain, language: str | None, *events: Event) -> DialogueStateTracker:
    tracker = DialogueStateTracker("an", domain.slots)
    said = [SlotSet("language", language), UserUttered("hallo", {"name": "greet"})]
    for event in (*events, *said):
        tracker.update(event)
    return tracker


def bot_said(response: dict[str, Any]) -> Event:
    return create_bot_utterance(copy.deepcopy(response))


# Which words


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_response_is_given_in_the_conversations_language(
    responses: GuidanceResponses, language: str
) -> None:
    response = responses.render("utter_faq/grey_screen", language, {})

    assert response is not None
    assert response["text"] == ANSWER[language]
    assert response["metadata"]["language"] == language


@pytest.mark.parametrize("language", [None, "", "de", "NL"])
def test_without_a_known_language_the_default_variation_is_given(
    responses: GuidanceResponses, language: str | None
) -> None:
    response = responses.render("utter_faq/grey_screen", language, {})

    assert response is not None
    assert response["text"] == ANSWER["en"]
    assert response["metadata"]["language"] == "en"


@pytest.mark.parametrize("language", [None, *LANGUAGES])
def test_a_notice_in_another_language_keeps_that_language(
    responses: GuidanceResponses, language: str | None
) -> None:
    response = responses.render("utter_german_notice", language, {})

    assert response is not None
    assert response["text"].startswith("Guten Tag")
    assert response["metadata"]["language"] == "de"


def test_an_unknown_response_gives_nothing(responses: GuidanceResponses) -> None:
    assert responses.render("utter_nonsense", "nl", {}) is None


async def test_an_unknown_response_gives_nothing_in_a_conversation_either(
    responses: GuidanceResponses, domain: Domain
) -> None:
    assert await responses.generate("utter_nonsense", conversation(domain, "nl"), "rest") is None


def test_an_answer_carries_its_topic_sources_and_the_day_it_was_checked(
    responses: GuidanceResponses,
) -> None:
    response = responses.render("utter_faq/grey_screen", "nl", {})

    assert response is not None
    metadata = response["metadata"]
    assert metadata["topics"] == ["grey_screen"]
    assert (metadata["outcome"], metadata["sources"]) == ("answer", ["S1"])
    assert metadata["checked"] == "2026-11-20"


def test_a_question_back_names_the_topics_it_offers(responses: GuidanceResponses) -> None:
    offered = ["grey_screen", "missing_forms"]

    response = responses.render("utter_plain", "nl", {"topics": offered})

    assert response is not None
    assert response["metadata"]["topics"] == offered


def test_a_response_without_metadata_is_about_no_topic(responses: GuidanceResponses) -> None:
    response = responses.render("utter_plain", "fr", {})

    assert response is not None
    assert response["metadata"] == {"topics": [], "language": "fr"}


def test_giving_a_response_changes_nothing_in_the_domain(
    responses: GuidanceResponses, domain: Domain
) -> None:
    before = copy.deepcopy(domain.responses)

    response = responses.render("utter_german_notice", "nl", {"topics": ["x"]})
    assert response is not None
    response["buttons"].append({"title": "x", "payload": "x"})
    response["metadata"]["topics"].append("y")

    assert domain.responses == before


# Placeholders


@pytest.mark.parametrize(
    "words",
    [
        "{",
        "}",
        "{}",
        "{0}",
        "0[",
        "{0[",
        "{said}",
        "{contact_email}",
        "{{contact_email}}",
        "{unknown}",
        r"\1 \g<0> \n",
        "%s %(said)s $said",
        "[bold]x[/bold]",
        "{% raw %}{{ 7*7 }}",
        "😀",
        "<script>",
    ],
)
def test_a_visitors_words_are_quoted_as_they_are(responses: GuidanceResponses, words: str) -> None:
    response = responses.render("utter_hand_over_with_words", "nl", {"said": words})

    assert response is not None
    assert response["text"].endswith(f"You said: {words}")


async def test_a_visitors_words_are_quoted_as_they_are_in_a_conversation(
    responses: GuidanceResponses, domain: Domain
) -> None:
    words = "{contact_email} {0[ 0["

    response = await responses.generate(
        "utter_hand_over_with_words", conversation(domain, "nl"), "rest", said=words
    )

    assert response is not None
    assert response["text"].endswith(f"You said: {words}")


def test_the_contact_centers_details_come_from_the_settings(domain: Domain) -> None:
    settings = Settings(contact_email="desk@example.be", contact_phone="02 000 00 00")

    response = GuidanceResponses(domain=domain, settings=settings).render(
        "utter_hand_over_with_words", "nl", {"said": ""}
    )

    assert response is not None
    assert "Mail desk@example.be or call 02 000 00 00." in response["text"]


def test_the_stock_route_builds_it_with_the_settings_of_the_environment(
    domain: Domain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CYBO_CONTACT_EMAIL", "desk@example.be")
    endpoint = EndpointConfig(type="bot.dialogue.responses.GuidanceResponses")

    generator = NaturalLanguageGenerator.create(endpoint, domain)

    assert isinstance(generator, GuidanceResponses)
    response = generator.render("utter_german_notice", None, {})
    assert response is not None
    assert response["text"] == "Guten Tag. Schreiben Sie an desk@example.be."


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_response_leaves_a_gap_when_all_its_values_are_given(language: str) -> None:
    real = read_responses(DATA)
    responses = GuidanceResponses(settings=Settings())
    responses.responses = real
    values = dict.fromkeys(PLACEHOLDERS, "waarde")

    for name in real:
        response = responses.render(name, language, values)

        assert response is not None
        assert response["text"].strip(), name
        assert "{" not in response["text"], name


# Who speaks


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_first_answer_says_that_an_automated_assistant_speaks(
    responses: GuidanceResponses, domain: Domain, language: str
) -> None:
    tracker = conversation(domain, language)

    response = await responses.generate("utter_faq/grey_screen", tracker, "rest")

    assert response is not None
    assert response["text"] == f"{DISCLOSURE[language]}\n\n{ANSWER[language]}"
    assert response["metadata"]["outcome"] == "answer"


@pytest.mark.parametrize("channel", ["rest", "email", "shell"])
async def test_it_says_so_in_every_channel(
    responses: GuidanceResponses, domain: Domain, channel: str
) -> None:
    response = await responses.generate("utter_plain", conversation(domain, "nl"), channel)

    assert response is not None
    assert response["text"].startswith(DISCLOSURE["nl"])


async def test_below_a_greeting_the_answer_comes_first(
    responses: GuidanceResponses, domain: Domain
) -> None:
    response = await responses.generate("utter_faq/grey_screen", conversation(domain, "nl"), "web")

    assert response is not None
    assert response["text"] == f"{ANSWER['nl']}\n\nThis is automated."
    assert response["metadata"]["introduces"]


async def test_it_says_so_only_once(responses: GuidanceResponses, domain: Domain) -> None:
    first = await responses.generate("utter_plain", conversation(domain, "nl"), "rest")
    assert first is not None
    tracker = conversation(domain, "nl", bot_said(first))

    second = await responses.generate("utter_faq/grey_screen", tracker, "rest")

    assert second is not None
    assert second["text"] == ANSWER["nl"]


@pytest.mark.parametrize("name", ["utter_disclosure", "utter_german_notice"])
async def test_what_says_so_itself_does_not_say_so_twice(
    responses: GuidanceResponses, domain: Domain, name: str
) -> None:
    alone = responses.render(name, "nl", {})

    response = await responses.generate(name, conversation(domain, "nl"), "rest")

    assert response == alone


async def test_after_a_notice_in_another_language_it_still_says_so_in_ours(
    responses: GuidanceResponses, domain: Domain
) -> None:
    notice = await responses.generate("utter_german_notice", conversation(domain, None), "rest")
    assert notice is not None
    tracker = conversation(domain, "fr", bot_said(notice))

    response = await responses.generate("utter_faq/grey_screen", tracker, "rest")

    assert response is not None
    assert response["text"].startswith(DISCLOSURE["fr"])


async def test_a_new_session_begins_with_it_again(
    responses: GuidanceResponses, domain: Domain
) -> None:
    """Rasa keeps the events of the session before in the tracker of this turn."""
    earlier = await responses.generate("utter_plain", conversation(domain, "nl"), "rest")
    assert earlier is not None
    tracker = conversation(domain, "nl", bot_said(earlier), SessionStarted())

    response = await responses.generate("utter_faq/grey_screen", tracker, "rest")

    assert response is not None
    assert response["text"].startswith(DISCLOSURE["nl"])
