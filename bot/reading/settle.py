"""What is done about a message: the one place that weighs its topic, its moves and its details.

The classifier says which topic a message has wherever it stands; the reader says what it does in
answer to the question asked. Inside a request the reader leads, and the topic counts where
somebody asks something; outside it is the other way round.
"""

from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date

from bot.details.answers import CHANGE_SLOT, NO_CHANGE, YES_NO_SLOTS, parse_answer
from bot.details.choices import parse_model_code
from bot.details.labels import named_detail, named_filing
from bot.details.model import DETAILS, FILING_DETAILS, InvalidDetail, Mention
from bot.details.parse import parse_detail, parse_unmarked
from bot.reading.model import Reading
from bot.reading.values import stated_values

GIVE_DETAILS, OPEN_REQUEST = "give_details", "open_migration_request"
# What a message shows for certain, whatever was asked.
_CERTAIN = frozenset(
    {"share_secret", "ask_ticket_status", "change_language", "speak_german", "speak_other_language"}
)
# In this order: who stops and asks for a person wants both, and stopping says how to reach one.
_LEAVING = {"stop": "cancel", "restart": "start_over"}
_TURNING = {
    "person": "request_human",
    "status": "ask_ticket_status",
    "unsolved": "report_no_solution",
}
_ABOUT_THE_QUESTION = {
    "skip": "skip_detail",
    "help": "explain_detail",
    "pause": "pause",
    "repeat": "repeat_answer",
}
_CHANGING = ("correct", "remove")
_TOPICS = ("faq", "chitchat", "several_questions", "nlu_fallback", "out_of_scope")
_QUESTIONS = frozenset({"faq", "several_questions"})
_ANSWERED = _QUESTIONS | {"nlu_fallback", "out_of_scope"}
_INTERRUPTING = frozenset(
    {"faq", "chitchat", "cancel", "start_over", "request_human", "report_no_solution"}
)
_VAGUE = frozenset({"nlu_fallback", "out_of_scope"})
_ELSEWHERE = ("ask", "scope", "smalltalk")
_AT_THE_END = frozenset({"add_filing", "confirm_ticket", CHANGE_SLOT})
_YES, _NO = "true", "false"
# A question may name a number and an address; nobody lists three details to ask something.
_DETAILS_OF_A_REQUEST = 3
_BY_HEART = 1.0
_ADD_TO_TICKET = "add_to_ticket"
_WORDS_OF_A_NAME = 4
# What opens a request without a clear topic must be surer than a move inside one.
_OPENING = 0.8
# What the form refuses as a name: a sentence is none, though names have no shape.
_NO_NAME = "-"


@dataclass(frozen=True)
class Thresholds:
    """How sure a reading must be, 0 to 1; `config.yml` says why.

    ``move``: to do what a move says; ``discard``: to throw away what was filled in; ``detail``:
    to take words for a detail.
    """

    move: float = 0.5
    discard: float = 0.6
    detail: float = 0.4


@dataclass(frozen=True)
class Situation:
    """Where in the dialogue a message stands.

    ``requested``: the slot that the form asks for, None outside the form. ``offered``: the
    intent that Cybo's last words offered to go on with.
    """

    today: date
    requested: str | None = None
    offered: str | None = None


@dataclass(frozen=True)
class Decided:
    """The intent that the topics alone suggest, and how sure that is."""

    intent: str
    confidence: float


@dataclass(frozen=True)
class Settled:
    """What a turn does: the intent that its rule acts on, and what is filled in."""

    intent: str
    confidence: float
    mentions: tuple[Mention, ...] = field(default=())


def settle(
    text: str,
    reading: Reading,
    decided: Decided,
    situation: Situation,
    thresholds: Thresholds | None = None,
) -> Settled:
    """Decide what a message does in its situation."""
    turn = _Turn(text, reading, decided, situation, thresholds or Thresholds())
    return turn.inside() if situation.requested else turn.outside()


@dataclass(frozen=True)
class _Turn:
    text: str
    reading: Reading
    decided: Decided
    situation: Situation
    thresholds: Thresholds

    def inside(self) -> Settled:
        """Settle a message while the form asks."""
        if self._is_chosen():
            return self._giving(self._mentions())
        if self._is_certain() or self._is_known_by_heart():
            return self._as_decided(tuple(self._values()))
        mentions = self._mentions()
        return self._leaving(mentions) or self._answering(mentions) or self._topic()

    def _leaving(self, mentions: tuple[Mention, ...]) -> Settled | None:
        """Settle what ends the request or turns to somebody else."""
        left = self._first(_LEAVING)
        if left and self._likely(left) >= self.thresholds.discard:
            return Settled(_LEAVING[left], self._likely(left))
        if turned := self._first(_TURNING):
            return Settled(_TURNING[turned], self._likely(turned), mentions)
        return None

    def _answering(self, mentions: tuple[Mention, ...]) -> Settled | None:
        """Settle what fills something in, or is about the question."""
        if mentions:
            return self._beside(mentions)
        about = self._first(_ABOUT_THE_QUESTION)
        if about == "help" and self._kind() in _QUESTIONS and not self._does("give"):
            # "What is IDAAS?" is about the question as little as any other topic.
            return self._as_decided(())
        if about:
            return self._about_the_question(about)
        if changing := self._first(_CHANGING):
            return Settled("change_detail", self._likely(changing))
        return None

    def _beside(self, mentions: tuple[Mention, ...]) -> Settled:
        """Settle a message that fills something in: what it asks besides is answered too."""
        if self._does("ask") and self._kind() in _ANSWERED:
            return self._as_decided(mentions)
        if self._does("help"):
            return Settled("explain_detail", self._likely("help"), mentions)
        return self._giving(mentions)

    def _topic(self) -> Settled:
        """Settle what asks or says something else; what does nothing at all is a bad answer."""
        is_topic = self._kind() in _TOPICS and not self._does("give")
        # Right after a question a vague message is more likely a bad answer to it.
        is_vague = self._kind() in _VAGUE and not any(map(self._does, _ELSEWHERE))
        if is_topic and not is_vague:
            return self._as_decided(())
        return self._giving(tuple(self._attempt()))

    def _kind(self) -> str:
        return self.decided.intent.partition("/")[0]

    def _is_known_by_heart(self) -> bool:
        """Say whether the message is an example of something that interrupts: a button's words."""
        return self._kind() in _INTERRUPTING and self.decided.confidence == _BY_HEART

    def _is_certain(self) -> bool:
        return self.decided.intent in _CERTAIN and self.decided.confidence == _BY_HEART

    def outside(self) -> Settled:
        """Settle a message before or after a request."""
        values = tuple(self._values())
        if self._is_certain():
            return self._as_decided(())
        offered = self.situation.offered
        if offered and self._does("affirm") and not self._does("deny"):
            return Settled(offered, self._likely("affirm"), values)
        if len({value.detail for value in values}) >= _DETAILS_OF_A_REQUEST:
            return Settled(OPEN_REQUEST, 1.0, values)
        if self._kind() in _VAGUE and (settled := self._moved(values)):
            return settled
        is_request = self._kind() in {GIVE_DETAILS, OPEN_REQUEST} or self._does("open")
        return self._as_decided(values if is_request or self._does("give") else ())

    def _moved(self, values: tuple[Mention, ...]) -> Settled | None:
        """Settle a message without a clear topic by what it does."""
        moves = {**_TURNING, "open": OPEN_REQUEST, "repeat": "repeat_answer"}
        if self.situation.offered:
            moves |= {"help": "explain_detail", "deny": "deny"}
        moved = self._first(moves)
        if moved == "open" and self._likely(moved) < _OPENING:
            # "Veuillez ouvrir le document joint" comes from a scanner.
            return None
        return Settled(moves[moved], self._likely(moved), values) if moved else None

    def _as_decided(self, mentions: tuple[Mention, ...]) -> Settled:
        return Settled(self.decided.intent, self.decided.confidence, mentions)

    def _giving(self, mentions: tuple[Mention, ...]) -> Settled:
        return Settled(GIVE_DETAILS, self._likely("give"), mentions)

    def _about_the_question(self, move: str) -> Settled:
        requested = self.situation.requested or ""
        if move == "skip" and requested not in DETAILS:
            return self._giving(())
        skipped = [Mention("skipped_detail", requested, 0, len(self.text))] * (move == "skip")
        return Settled(_ABOUT_THE_QUESTION[move], self._likely(move), tuple(skipped))

    def _likely(self, move: str) -> float:
        return self.reading.moves.get(move, 0.0)

    def _does(self, move: str) -> bool:
        """Say whether a move is likely, or half so and likelier than every other."""
        likely = self._likely(move)
        half = self.thresholds.move / 2
        return likely >= self.thresholds.move or half <= likely == max(self.reading.moves.values())

    def _first(self, moves: Collection[str]) -> str | None:
        """Give the likeliest of some moves, when it is likely enough."""
        best = max(moves, key=self._likely)
        return best if self._does(best) else None

    def _mentions(self) -> tuple[Mention, ...]:
        """Give all that a message fills in, right or wrong."""
        whole = list(self._whole_answer())
        is_name = bool(whole) and whole[0].detail == "certificate_owner"
        # Isabel and Victor Nederlands are people where a name was asked.
        values = [] if is_name else list(self._values())
        found = {value.detail for value in values}
        values += [mention for mention in whole if mention.detail not in found]
        values += self._answers({value.detail for value in values})
        return tuple(values)

    def _values(self) -> Iterator[Mention]:
        """Give the first value of each detail, and name those that have several."""
        return stated_values(
            self.text, self.reading.stated, self.thresholds.detail, self.situation.today
        )

    def _is_chosen(self) -> bool:
        """Say whether the message chooses between the two buttons about an earlier ticket."""
        requested = self.situation.requested or ""
        return requested == _ADD_TO_TICKET and parse_answer(requested, self.text) is not None

    def _whole_answer(self) -> Iterator[Mention]:
        """Give the whole message, where it is a valid answer as it stands: a button, a number."""
        requested = self.situation.requested
        if requested not in DETAILS or self._is_elsewhere():
            return
        if requested == "certificate_owner" and len(self.text.split()) > _WORDS_OF_A_NAME:
            return
        try:
            value = parse_unmarked(requested, self.text, today=self.situation.today)
            value = parse_detail(requested, value, today=self.situation.today)
        except InvalidDetail:
            return
        if requested == "filing_model":
            value = parse_model_code(self.text) or value
        yield Mention(requested, value, 0, len(self.text))

    def _is_elsewhere(self) -> bool:
        """Say whether the message does something, and gives nothing."""
        doing = [move for move, likely in self.reading.moves.items() if likely >= 0.5]
        return bool(doing) and not {"give", "correct", "affirm"} & set(doing)

    def _answers(self, found: set[str]) -> Iterator[Mention]:
        """Give the yes or no to the question, and what is to be changed."""
        requested, whole = self.situation.requested, (0, len(self.text))
        is_correcting = self._does("correct")
        details = found & set(DETAILS)
        if requested == CHANGE_SLOT and not details:
            yield from (Mention(CHANGE_SLOT, name, *whole) for name in self._changes())
        elif requested in _AT_THE_END and self._begins_another(
            details, is_correcting=is_correcting
        ):
            yield Mention("add_filing", _YES, *whole)
        elif requested in YES_NO_SLOTS:
            answer = self._yes_or_no(str(requested))
            if answer and not (details and requested == "confirm_ticket"):
                yield Mention(str(requested), answer, *whole)
        elif requested == "enterprise_number" and not details and self._yes_or_no(requested) == _NO:
            yield Mention("add_filing", _NO, *whole)
        is_at_summary = requested in {"confirm_ticket", CHANGE_SLOT}
        if is_at_summary and details & set(FILING_DETAILS) and (filing := named_filing(self.text)):
            yield Mention(CHANGE_SLOT, filing, *whole)

    def _begins_another(self, details: set[str], *, is_correcting: bool) -> bool:
        if self.situation.requested == "add_filing":
            is_new = "enterprise_number" in details and not is_correcting
            return self._does("add") or (is_new and not self._does("deny"))
        return self._does("add") and not self._does("deny")

    def _yes_or_no(self, requested: str) -> str | None:
        if requested == _ADD_TO_TICKET:
            answer = parse_answer(requested, self.text)
            return None if answer is None else str(answer).lower()
        yes, no = self._likely("affirm"), self._likely("deny")
        if not (self._does("affirm") or self._does("deny")):
            return None
        return _YES if yes > no else _NO

    def _changes(self) -> Iterator[str]:
        named = named_detail(self.text) or named_filing(self.text)
        if named:
            yield named
        elif self._does("affirm") or self._does("deny"):
            yield NO_CHANGE

    def _attempt(self) -> Iterator[Mention]:
        """Take the message for the answer, though a wrong one: the form says what is wrong."""
        requested = self.situation.requested or ""
        value = self.text
        if requested == "certificate_owner":
            value = _NO_NAME
            with suppress(InvalidDetail):
                value = parse_unmarked(requested, self.text, today=self.situation.today)
        yield Mention(requested, value, 0, len(self.text))
