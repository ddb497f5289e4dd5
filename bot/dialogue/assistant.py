"""The assistant as channels see it: a message in, replies out."""

import logging
import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Protocol

from rasa.core.agent import Agent
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.model import get_latest_model
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity
from rasa_sdk import Action

from bot.dialogue import discreet_log
from bot.dialogue.history import Progress, Reply, Turn, find_turn, read_reply, read_turns
from bot.dialogue.in_process_actions import InProcessActions
from bot.dialogue.locks import ConversationLocks
from bot.dialogue.patches.no_commands import without_commands
from bot.dialogue.patches.trained_domain import trusting_the_trained_domain
from bot.dialogue.patches.trusted_actions import trust_own_actions
from bot.dialogue.responses import GuidanceResponses
from bot.dialogue.trackers import MaskingTrackerStore, SessionSize
from bot.errors import HelpdeskError
from bot.language import LANGUAGES
from bot.nlu.encoder import encoder
from bot.privacy import mask_secrets, promises_secret
from bot.reading.model import Reading
from bot.settings import Settings
from bot.tickets.origin import coming_from
from bot.turns import TurnRecord
from bot.understanding.text import as_words, readable

_LOG = logging.getLogger(__name__)
FORM = "migration_request_form"
# Asked only of who wants to correct something: no step of the way.
_DETOURS = frozenset({"detail_to_change"})
_PROBES = {"en": "I see a grey screen", "fr": "écran gris", "nl": "grijs scherm"}


class ModelMissing(HelpdeskError):
    """No trained model stands where the settings say."""


@dataclass(frozen=True)
class Incoming:
    """A visitor's message. ``language``: that of the page or mail, if known.

    ``id``: what the channel calls the message, to find it again in the conversation.
    ``origin``: the visitor's network as ``network_of`` names it, empty when not known.
    """

    sender: str
    text: str
    channel: str = "rest"
    language: str | None = None
    id: str | None = None
    origin: str = ""


class Trackers(Protocol):
    """What the assistant reads of the conversations."""

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Give the latest session."""

    async def peek(self, sender_id: str) -> DialogueStateTracker | None:
        """Give the latest session to who only reads it."""

    async def state(self, sender_id: str) -> dict[str, Any] | None:
        """Give the latest session as Rasa's HTTP API prints it."""

    async def session_size(self, sender_id: str, most: int) -> SessionSize | None:
        """Measure the latest session; None when it cannot have more than ``most`` turns."""

    async def latest_events(self, sender_id: str, turns: int) -> list[Event]:
        """Give what was said in the last turns."""

    async def events_after(self, sender_id: str, message_id: str) -> list[Event]:
        """Give what was said in one turn."""

    async def check(self) -> None:
        """Ask the database for a sign of life."""


class Assistant:
    """Rasa's agent with the actions in process, for every channel."""

    def __init__(
        self,
        agent: Agent,
        trackers: Trackers,
        responses: GuidanceResponses,
        timer: Callable[[], float],
        actions: InProcessActions | None = None,
    ) -> None:
        self._agent = agent
        self._trackers = trackers
        self._responses = responses
        self._timer = timer
        self._actions = actions
        self._form_slots = agent.domain.required_slots_for_form(FORM)
        self._observe: Callable[[TurnRecord], None] | None = None

    @classmethod
    def load(cls, settings: Settings) -> "Assistant":
        """Load the trained model.

        Raises: ModelMissing, naming the command that trains one.
        """
        discreet_log.configure()
        model = get_latest_model(str(settings.model)) if settings.model.exists() else None
        if model is None:
            raise ModelMissing(
                f"{settings.model}: no trained model here; train one with "
                "`cybo train` (in a checkout: `make model`)"
            )
        trust_own_actions()
        actions = InProcessActions()
        responses = GuidanceResponses(settings=settings)
        trackers = MaskingTrackerStore(url=settings.trackers_url)
        with trusting_the_trained_domain():
            agent = Agent.load(
                Path(model),
                generator=responses,
                tracker_store=trackers,
                lock_store=ConversationLocks(),
                action_endpoint=actions,
            )
        without_commands(agent)
        actions.domain = agent.domain.as_dict()
        return cls(agent, trackers, responses, time.perf_counter, actions)

    def use_actions(self, actions: Iterable[Action]) -> None:
        """Hand over actions that have their services, instead of those of the environment."""
        if self._actions:
            self._actions.use(actions)

    @property
    def responses(self) -> GuidanceResponses:
        """Give the answers that this assistant was trained with."""
        return self._responses

    async def handle(self, message: Incoming) -> list[Reply]:
        """Answer one message; whatever fails inside, the visitor gets words."""
        channel = _Collector(message.channel)
        started = self._timer()
        try:
            text = await self.masked(message)
            with coming_from(message.origin):
                await self._agent.handle_message(
                    UserMessage(
                        text,
                        output_channel=channel,
                        sender_id=message.sender,
                        input_channel=message.channel,
                        message_id=message.id,
                        metadata={"language": message.language} if message.language else {},
                    )
                )
        except Exception:  # noqa: BLE001 (the last line of defence for every channel)
            return [await self._apologise(message, "turn.failed")]
        replies = [read_reply(sent) for sent in channel.sent]
        if not replies:
            return [await self._apologise(message, "turn.silent")]
        ms = (self._timer() - started) * 1000
        _LOG.info(
            "turn.answered channel=%s outcome=%s topics=%s ms=%.1f",
            message.channel,
            replies[-1].outcome,
            ",".join(replies[-1].topics),
            ms,
        )
        await self._tell_observer(message, text, replies, ms)
        return replies

    async def masked(self, message: Incoming) -> str:
        """Give a message as it is understood and kept: words alone, without its secrets.

        A bare password is one only by what the message before it promised.
        """
        tracker = await self._trackers.peek(message.sender)
        before = tracker.latest_message.text if tracker and tracker.latest_message else None
        return _masked(message.text, announced=promises_secret(before or ""))

    def observe(self, observer: Callable[[TurnRecord], None]) -> None:
        """Tell ``observer`` of every turn that was answered."""
        self._observe = observer

    async def _tell_observer(
        self, message: Incoming, text: str, replies: list[Reply], ms: float
    ) -> None:
        if self._observe is None:
            return
        tracker = await self._trackers.peek(message.sender)
        parsed = (tracker.latest_message.parse_data if tracker else None) or {}
        intent = dict(parsed.get("intent") or {})
        # What was answered says more of a turn than the question of the form that follows.
        told = next((r for r in replies if r.outcome == "answer"), replies[-1])
        self._observe(
            TurnRecord(
                message.sender,
                message.channel,
                datetime.now(timezone.utc),
                told.language,
                text,
                told.outcome,
                str(intent.get("name") or ""),
                tuple(dict.fromkeys(topic for reply in replies for topic in reply.topics)),
                float(intent.get("confidence") or 0.0),
                ms,
                introduces=any(reply.introduces for reply in replies),
            )
        )

    async def parse(self, text: str, sender: str = "") -> dict[str, Any]:
        """Say what the model makes of a text, in the light of a conversation if named."""
        return await self.parse_in(text, await self.tracker(sender) if sender else None)

    async def parse_in(self, text: str, tracker: DialogueStateTracker | None) -> dict[str, Any]:
        """Say what the model makes of a text at that point of a conversation."""
        message = UserMessage(_masked(text))
        return dict(await self._agent.processor.parse_message(message, tracker))

    @staticmethod
    def read(text: str, asked: str | None = None) -> Reading:
        """Say what a passage of a mail does and states; ``asked``: the detail it answers."""
        return encoder().read(text, asked)[1]

    async def tracker(self, sender: str) -> DialogueStateTracker:
        """Give the conversation of ``sender``; an empty one when it never wrote."""
        tracker = await self._trackers.retrieve(sender)
        return tracker or DialogueStateTracker(sender, self._agent.domain.slots)

    async def answered(self, sender: str, message_id: str) -> Turn | None:
        """Give a turn of the latest session, by the id of its message, without touching it."""
        tracker = await self._trackers.peek(sender)
        return find_turn(tracker.events, message_id) if tracker else None

    async def turn(self, sender: str, message_id: str) -> Turn | None:
        """Give a turn of any session, by the id of its message."""
        turns = read_turns(await self._trackers.events_after(sender, message_id))
        return turns[0] if turns else None

    async def latest_turns(self, sender: str, most: int) -> list[Turn]:
        """Give the last turns, whichever session they belong to, oldest first."""
        return read_turns(await self._trackers.latest_events(sender, most))

    async def is_full(self, sender: str, most: int) -> bool:
        """Say whether the latest session has so many turns, and would go on."""
        size = await self._trackers.session_size(sender, most)
        if size is None or size.turns < most:
            return False
        expires_after_s = float(self._agent.domain.session_config.session_expiration_time) * 60
        return time.time() - size.latest_at < expires_after_s

    async def progress(self, sender: str) -> Progress | None:
        """Say which question of the migration request is open, if one is."""
        tracker = await self._trackers.peek(sender)
        if tracker is None or tracker.active_loop_name != FORM:
            return None
        slot = str(tracker.get_slot("requested_slot"))
        asked = [name for name in self._form_slots if name not in _DETOURS]
        return Progress(slot, asked.index(slot) + 1, len(asked)) if slot in asked else None

    async def language(self, sender: str) -> str | None:
        """Give the language that a conversation is in; None before its first message."""
        tracker = await self._trackers.peek(sender)
        return tracker.get_slot("language") if tracker else None

    async def tracker_json(self, sender: str) -> dict[str, Any]:
        """Give the conversation as Rasa's HTTP API prints it."""
        if state := await self._trackers.state(sender):
            return state
        tracker = DialogueStateTracker(sender, self._agent.domain.slots)
        return dict(tracker.current_state(EventVerbosity.AFTER_RESTART))

    async def probe(self) -> None:
        """Parse a message in each language, to warm up and to prove that the model works."""
        for language, text in _PROBES.items():
            parsed = await self.parse(text)
            if parsed.get("language") != language:
                raise RuntimeError(f"probe: {text!r} was taken for {parsed.get('language')!r}")

    async def check_database(self) -> None:
        """Read from the trackers' database; raises whatever the database raises."""
        await self._trackers.check()

    async def _apologise(self, message: Incoming, event: str) -> Reply:
        reference = f"ERR-{secrets.token_hex(4).upper()}"
        _LOG.exception("%s reference=%s channel=%s", event, reference, message.channel)
        language = message.language
        try:
            language = (await self.tracker(message.sender)).get_slot("language") or language
        except Exception:  # noqa: BLE001 (without its database Cybo still apologises)
            _LOG.exception("tracker.unreadable reference=%s", reference)
        language = language if language in LANGUAGES else None
        response = self._responses.render("utter_apology", language, {"reference": reference})
        return read_reply(response or {"text": reference, "metadata": {"outcome": "error"}})


def _masked(text: str, *, announced: bool = False) -> str:
    # Words again after masking: what stood before them may have been a secret.
    return as_words(mask_secrets(readable(as_words(text)), announced=announced).text)


class _Collector(OutputChannel):
    """Gathers what Rasa sends in one turn."""

    def __init__(self, channel: str) -> None:
        self._channel = channel
        self.sent: list[dict[str, Any]] = []

    def name(self) -> str:
        return self._channel

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        self.sent.append(message)
