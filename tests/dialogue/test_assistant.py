"""What every channel may count on, with Rasa's agent replaced by a fake."""

import logging
import re
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rasa.core.channels.channel import UserMessage
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from bot.dialogue.assistant import Assistant, Incoming, ModelMissing
from bot.dialogue.responses import GuidanceResponses
from bot.language import LANGUAGES
from bot.settings import Settings
from bot.shell.project import read_responses

DATA = Path(__file__).parents[2] / "data"
SORRY = {"en": "sorry", "fr": "Désolé", "nl": "spijt"}


@dataclass
class FakeAgent:
    """Sends ``answers`` through the output channel, or fails."""

    domain: Domain
    tracker_store: Any
    answers: list[dict[str, Any]] = field(default_factory=list)
    failure: Exception | None = None
    language: str | None = None
    received: list[UserMessage] = field(default_factory=list)

    @property
    def processor(self) -> Any:
        return SimpleNamespace(parse_message=self._parse)

    async def _parse(self, message: UserMessage, tracker: Any = None) -> dict[str, Any]:
        self.received.append(message)
        return {"text": message.text, "language": self.language, "tracker": tracker}

    async def handle_message(self, message: UserMessage) -> None:
        self.received.append(message)
        for answer in self.answers:
            await message.output_channel.send_response(message.sender_id, dict(answer))
        if self.failure:
            raise self.failure


class BrokenStore:
    async def retrieve(self, sender: str) -> DialogueStateTracker:
        raise OSError("disk I/O error")


@dataclass
class FakeTrackers:
    """Reads whatever store the agent has at the moment."""

    agent: FakeAgent

    async def retrieve(self, sender: str) -> DialogueStateTracker | None:
        return await self.agent.tracker_store.retrieve(sender)

    async def peek(self, sender: str) -> DialogueStateTracker | None:
        return await self.retrieve(sender)

    async def state(self, sender: str) -> dict[str, Any] | None:
        tracker = await self.retrieve(sender)
        return tracker.current_state() if tracker else None

    async def check(self) -> None:
        await self.retrieve("anybody")


@pytest.fixture
def agent(domain: Domain) -> FakeAgent:
    answer = {"text": "Meld u aan.", "metadata": {"outcome": "answer", "language": "nl"}}
    return FakeAgent(domain, InMemoryTrackerStore(domain), [answer])


@pytest.fixture
def assistant(agent: FakeAgent) -> Assistant:
    responses = GuidanceResponses(settings=Settings(contact_email="desk@example.be"))
    responses.responses = read_responses(DATA)
    return Assistant(agent, FakeTrackers(agent), responses, lambda: 0.0)  # type: ignore[arg-type]


async def test_a_reply_says_what_it_is_about(assistant: Assistant, agent: FakeAgent) -> None:
    metadata = {
        "outcome": "clarify",
        "language": "fr",
        "topics": ["idaas", "grey_screen"],
        "sources": ["S1"],
        "checked": "2026-11-20",
    }
    button = {"title": "Ja", "payload": "Ja", "type": "postback"}
    agent.answers = [{"text": "Lequel ?", "buttons": [button], "metadata": metadata}]

    (reply,) = await assistant.handle(Incoming("an", "idaas", "rest", "fr"))

    assert (reply.text, reply.outcome, reply.language) == ("Lequel ?", "clarify", "fr")
    assert reply.topics == ["idaas", "grey_screen"]
    assert reply.buttons == [{"title": "Ja", "payload": "Ja"}]
    assert (reply.sources, reply.checked) == (["S1"], "2026-11-20")


async def test_rasa_is_told_sender_channel_and_the_pages_language(
    assistant: Assistant, agent: FakeAgent
) -> None:
    await assistant.handle(Incoming("an", "hallo", "web", "nl"))

    (message,) = agent.received
    assert (message.sender_id, message.input_channel) == ("an", "web")
    assert message.metadata == {"language": "nl"}


@pytest.mark.parametrize(
    ("typed", "reaches"),
    [
        ("  hallo \u200b", "hallo"),
        ("/restart", "restart"),
        ("//greet", "greet"),
        ('/greet{"language": "fr"}', 'greet{"language": "fr"}'),
        ("my PIN code is 48213", "my PIN code is [***]"),
        ("e\u0301cran gris", "écran gris"),
        ("grey screen \ud83d", "grey screen"),
    ],
)
async def test_rasa_gets_a_clean_text_without_secrets_or_commands(
    assistant: Assistant, agent: FakeAgent, typed: str, reaches: str
) -> None:
    await assistant.handle(Incoming("an", typed))

    assert agent.received[0].text == reaches


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("is_silent", [False, True])
async def test_a_turn_that_fails_gets_an_apology_in_the_pages_language(
    assistant: Assistant, agent: FakeAgent, language: str, is_silent: bool
) -> None:
    agent.answers = []
    agent.failure = None if is_silent else ValueError("secret detail")

    (reply,) = await assistant.handle(Incoming("an", "hallo", "rest", language))

    assert SORRY[language] in reply.text
    assert re.search(r"ERR-[0-9A-F]{8}", reply.text)
    assert "desk@example.be" in reply.text
    assert "secret detail" not in reply.text
    assert (reply.outcome, reply.language) == ("error", language)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_apology_is_in_the_conversations_language_rather_than_the_pages(
    assistant: Assistant, agent: FakeAgent, domain: Domain, language: str
) -> None:
    tracker = DialogueStateTracker("an", domain.slots)
    tracker.update(SlotSet("language", language))
    await agent.tracker_store.save(tracker)
    agent.failure = ValueError()

    (reply,) = await assistant.handle(Incoming("an", "hallo", "rest", "en"))

    assert reply.language == language


async def test_without_its_database_it_still_apologises(
    assistant: Assistant, agent: FakeAgent
) -> None:
    agent.tracker_store = BrokenStore()
    agent.failure = OSError("disk I/O error")

    (reply,) = await assistant.handle(Incoming("an", "hallo", "rest", "fr"))

    assert (reply.outcome, reply.language) == ("error", "fr")


async def test_half_an_answer_is_not_sent_when_the_turn_fails(
    assistant: Assistant, agent: FakeAgent
) -> None:
    agent.failure = ValueError()

    replies = await assistant.handle(Incoming("an", "hallo"))

    assert [reply.outcome for reply in replies] == ["error"]


async def test_the_log_tells_reference_and_cause_but_not_the_words(
    assistant: Assistant, agent: FakeAgent, caplog: pytest.LogCaptureFixture
) -> None:
    agent.failure = ValueError("no such table")

    with caplog.at_level(logging.INFO):
        (reply,) = await assistant.handle(Incoming("an", "mijn eigen woorden"))

    assert re.findall(r"ERR-\w+", reply.text)[0] in caplog.text
    assert "no such table" in caplog.text
    assert "mijn eigen woorden" not in caplog.text


async def test_a_database_that_fails_is_told_to_who_asks(
    assistant: Assistant, agent: FakeAgent
) -> None:
    agent.tracker_store = BrokenStore()

    with pytest.raises(OSError, match="disk I/O error"):
        await assistant.check_database()


async def test_who_never_wrote_has_an_empty_conversation(assistant: Assistant) -> None:
    state = await assistant.tracker_json("nobody")

    assert (state["sender_id"], state["events"]) == ("nobody", [])
    assert state["slots"]["language"] is None
    assert "requested_slot" in state["slots"]


async def test_a_model_that_takes_one_language_for_another_fails_its_probe(
    assistant: Assistant, agent: FakeAgent
) -> None:
    agent.language = "en"

    with pytest.raises(RuntimeError, match="'en'"):
        await assistant.probe()


@pytest.mark.parametrize("make", [lambda path: path, lambda path: path.mkdir() or path])
def test_a_missing_model_is_told_with_the_command_that_trains_one(
    tmp_path: Path, make: Any
) -> None:
    model = make(tmp_path / "models")

    with pytest.raises(ModelMissing, match=r"models: no trained model here.*make model"):
        Assistant.load(Settings(model=model))
