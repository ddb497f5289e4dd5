"""What is done about a message: the one place that weighs its topic, its moves and its details.

The classifier says which topic a message has wherever it stands; the reader says what it does in
answer to the question asked. Inside a request the reader leads, and the topic counts where
somebody asks something; outside it is the other way round.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.details.model import DETAILS, Mention
from bot.reading.filling import SKIPPED, attempt, chosen, filled_in, stated_values, taken_back
from bot.reading.model import Reading
from bot.reading.turn import Decided, Settled, Situation, Thresholds, Turn

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
# What is said besides, when a message fills something in.
_BESIDE = {"help": "explain_detail", "language": "change_language", "pause": "pause"}
_CHANGING = ("correct", "remove")
_TOPICS = ("faq", "chitchat", "several_questions", "nlu_fallback", "out_of_scope")
_QUESTIONS = frozenset({"faq", "several_questions"})
_INTERRUPTING = frozenset(
    {"faq", "chitchat", "cancel", "start_over", "request_human", "report_no_solution"}
)
_VAGUE = frozenset({"nlu_fallback", "out_of_scope"})
_ELSEWHERE = ("ask", "scope", "smalltalk")
# A question may name a number and an address; nobody lists three details to ask something.
_DETAILS_OF_A_REQUEST = 3
_BY_HEART = 1.0
# What opens a request without a clear topic must be surer than a move inside one.
_OPENING = 0.8
# Against a topic that is clear, more so.
_WANTED = 0.95
_OPENING_MOVES = ("open", "add")
# What the reader says outside a request, where the topic is no question of the guidance.
_SURE_OUTSIDE = {**_TURNING, "language": "change_language"}
_SURE = 0.8
# A move under it was not heard at all.
_UNHEARD = 0.1
_UNCLEAR = "nlu_fallback"


def settle(
    text: str,
    reading: Reading,
    decided: Decided,
    situation: Situation,
    thresholds: Thresholds | None = None,
) -> Settled:
    """Decide what a message does in its situation."""
    turn = Turn(text, reading, decided, situation, thresholds or Thresholds())
    settling = _Settling(turn)
    return settling.inside() if situation.requested else settling.outside()


def _is_listing(values: Sequence[Mention]) -> bool:
    return len({value.detail for value in values}) >= _DETAILS_OF_A_REQUEST


@dataclass(frozen=True)
class _Settling:
    turn: Turn

    def inside(self) -> Settled:
        """Settle a message while the form asks."""
        turn = self.turn
        if chosen(turn):
            return self._giving(filled_in(turn))
        if self._is_certain() or self._is_known_by_heart():
            # "In het Frans graag" asks for Cybo's French, not for that of the accounts.
            is_language = turn.decided.intent == "change_language"
            dropped = "filing_language" if is_language and not turn.does("give") else ""
            return self._as_decided(tuple(v for v in stated_values(turn) if v.detail != dropped))
        mentions = filled_in(turn)
        return self._leaving(mentions) or self._answering(mentions) or self._topic()

    def _leaving(self, mentions: tuple[Mention, ...]) -> Settled | None:
        """Settle what ends the request or turns to somebody else."""
        turn = self.turn
        left = turn.first(_LEAVING)
        # "Stop, show me the summary" does not throw it away.
        if left and max(map(turn.likely, _ABOUT_THE_QUESTION)) >= turn.likely(left):
            left = None
        # Who answers the question goes on: "ja laat maar, we doen voort: 30 september 2024".
        answers = any(mention.detail == turn.requested for mention in mentions)
        # "No, stop adding" is a no to the question.
        goes_on = answers and (turn.requested in DETAILS or turn.does("deny"))
        least = _SURE if goes_on else turn.thresholds.discard
        if left and turn.likely(left) >= least:
            return Settled(_LEAVING[left], turn.likely(left))
        if turned := turn.first(_TURNING):
            return Settled(_TURNING[turned], turn.likely(turned), mentions)
        return None

    def _answering(self, mentions: tuple[Mention, ...]) -> Settled | None:
        """Settle what fills something in, or is about the question."""
        turn = self.turn
        if mentions:
            return self._beside(mentions)
        if about := turn.first(_ABOUT_THE_QUESTION):
            return self._about_the_question(about)
        if turn.does("language"):
            return Settled("change_language", turn.likely("language"))
        if turn.does("deny") and turn.requested in DETAILS and not turn.does("ask"):
            # "None of these" is no value, and no reason to scold.
            return Settled("explain_detail", turn.likely("deny"))
        if changing := turn.first(_CHANGING):
            return Settled("change_detail", turn.likely(changing), tuple(taken_back(turn)))
        return None

    def _about_the_question(self, about: str) -> Settled:
        turn = self.turn
        if about == "help" and turn.decided.kind in _QUESTIONS and not turn.does("give"):
            # "What is IDAAS?" is about the question as little as any other topic.
            return self._as_decided(())
        if about == "skip":
            # Of a yes or no there is nothing to do without.
            return self._giving(())
        return Settled(_ABOUT_THE_QUESTION[about], turn.likely(about))

    def _beside(self, mentions: tuple[Mention, ...]) -> Settled:
        """Settle a message that fills something in: what it asks besides is answered too."""
        turn = self.turn
        if turn.does("ask") and turn.decided.kind in _TOPICS:
            return self._as_decided(mentions)
        if beside := turn.first(_BESIDE):
            return Settled(_BESIDE[beside], turn.likely(beside), mentions)
        if {mention.detail for mention in mentions} == {SKIPPED}:
            return Settled(_ABOUT_THE_QUESTION["skip"], turn.likely("skip"), mentions)
        return self._giving(mentions)

    def _topic(self) -> Settled:
        """Settle what asks or says something else; what does nothing at all is a bad answer."""
        turn = self.turn
        is_topic = turn.decided.kind in _TOPICS and not turn.does("give")
        # Right after a question a vague message is more likely a bad answer to it.
        is_vague = turn.decided.kind in _VAGUE and not any(map(turn.does, _ELSEWHERE))
        if is_topic and not is_vague:
            return self._as_decided(())
        return self._giving((attempt(turn),))

    def _is_known_by_heart(self) -> bool:
        """Say whether the message is an example of something that interrupts: a button's words."""
        decided = self.turn.decided
        return decided.kind in _INTERRUPTING and decided.confidence == _BY_HEART

    def _is_certain(self) -> bool:
        decided = self.turn.decided
        return decided.intent in _CERTAIN and decided.confidence == _BY_HEART

    def outside(self) -> Settled:
        """Settle a message before or after a request."""
        turn = self.turn
        decided = turn.decided
        if self._is_certain():
            return self._as_decided(())
        values = tuple(stated_values(turn))
        if self._is_a_topic_by_heart() and not _is_listing(values):
            return self._as_decided(())
        if settled := self._opening(values) or self._turning(values):
            return settled
        kind = decided.kind
        if instead := self._otherwise():
            return Settled(instead, decided.confidence)
        if kind in _VAGUE and (settled := self._moved(values)):
            return settled
        is_request = kind in {GIVE_DETAILS, OPEN_REQUEST} or turn.does("open")
        return self._as_decided(values if is_request or turn.does("give") else ())

    def _opening(self, values: tuple[Mention, ...]) -> Settled | None:
        """Settle what begins a request, or takes up what Cybo offered."""
        turn = self.turn
        offered = turn.situation.offered
        if offered and turn.does("affirm") and not turn.does("deny"):
            return Settled(offered, turn.likely("affirm"), values)
        if _is_listing(values) or (values and any(map(turn.does, _OPENING_MOVES))):
            return Settled(OPEN_REQUEST, 1.0, values)
        # "Il faudrait me transférer deux projets" wants it done, and asks nothing.
        if turn.likely("open") >= _WANTED and turn.decided.kind == "faq" and not turn.does("ask"):
            return Settled(OPEN_REQUEST, turn.likely("open"))
        return None

    def _turning(self, values: tuple[Mention, ...]) -> Settled | None:
        """Settle what the reader is sure of, where the topic is no question of the guidance."""
        turn = self.turn
        if turn.decided.kind in _QUESTIONS:
            return None
        moved = turn.first(_SURE_OUTSIDE)
        if moved and turn.likely(moved) >= _SURE and self._may_turn(moved):
            return Settled(_SURE_OUTSIDE[moved], turn.likely(moved), values)
        return None

    def _moved(self, values: tuple[Mention, ...]) -> Settled | None:
        """Settle a message without a clear topic by what it does."""
        turn = self.turn
        moves = {**_TURNING, "open": OPEN_REQUEST, "repeat": "repeat_answer"}
        if turn.situation.offered:
            moves |= {"help": "explain_detail", "deny": "deny"}
        moved = turn.first(moves)
        if moved == "open" and turn.likely(moved) < _OPENING:
            # "Veuillez ouvrir le document joint" comes from a scanner.
            return None
        # "Message from KM_C258" comes from a scanner, too.
        if moved in _TURNING and turn.likely(moved) < turn.thresholds.discard:
            return None
        if moved and not self._may_turn(moved):
            return None
        return Settled(moves[moved], turn.likely(moved), values) if moved else None

    def _otherwise(self) -> str:
        """Name what is done instead of what the topic alone suggests; empty for nothing."""
        turn, kind = self.turn, self.turn.decided.kind
        if kind == "faq" and turn.decided.topic in turn.situation.answered:
            # Who asks it once more was not helped by what would be the same words.
            return _TURNING["unsolved"]
        if kind == "request_human" and self._is_no_request_for_people():
            return _UNCLEAR
        return ""

    def _is_a_topic_by_heart(self) -> bool:
        """Say whether it is a button of Cybo's own: it asks its topic, whatever it may mean."""
        decided = self.turn.decided
        return decided.kind == "faq" and decided.confidence == _BY_HEART

    def _is_no_request_for_people(self) -> bool:
        """Say whether only the topic hears a wish for people: "I do not want to phone"."""
        is_by_heart = self.turn.decided.confidence == _BY_HEART
        return not is_by_heart and self.turn.likely("person") < _UNHEARD

    def _may_turn(self, move: str) -> bool:
        """Say whether something was answered that may not have helped, and people not named yet.

        Who begins with "nothing works, all is gone!" has a question; to name the same people
        once more answers nobody.
        """
        situation = self.turn.situation
        return move != "unsolved" or (bool(situation.answered) and not situation.has_handed_over)

    def _as_decided(self, mentions: tuple[Mention, ...]) -> Settled:
        decided = self.turn.decided
        return Settled(decided.intent, decided.confidence, mentions)

    def _giving(self, mentions: tuple[Mention, ...]) -> Settled:
        return Settled(GIVE_DETAILS, self.turn.likely("give"), mentions)
