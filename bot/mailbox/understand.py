"""What the chat's model makes of a mail."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any, Protocol

from bot.reading.model import Reading
from bot.tickets.reference import find_references
from bot.triage.decide import (
    MIGRATION_TOPICS,
    REQUESTING,
    Understanding,
    language_text,
    text_to_understand,
)
from bot.triage.mail import Mail
from bot.triage.passages import sentences
from bot.triage.status_question import (
    ACTIONS,
    ASK_STATUS,
    NAMES_TICKET,
    Wordings,
    as_of_a_ticket,
    asks_status,
    may_ask_besides,
    wordings,
)
from bot.understanding.questions import split_questions

_TOPIC = "faq/"
_FAQ = "faq"
_SEVERAL = "several_questions"
_MAX_TOPICS = 3
# Thanks want nothing.
_WANTS = ACTIONS - {"chitchat"}
# Beside these nothing is looked for; a ticket's status has questions of its own.
_MAY_ASK = REQUESTING | {_FAQ, _SEVERAL, "nlu_fallback", "out_of_scope", "chitchat"}
# As sure as the model has to be of each of several questions (`config.yml`).
_SURE = 0.85
# And of a sentence that asks, as of any message.
_ENOUGH = 0.75


class Parser(Protocol):
    """The chat's understanding."""

    async def parse(self, text: str) -> dict[str, Any]:
        """Say what the model makes of a text."""

    def read(self, text: str, asked: str | None = None) -> Reading:
        """Say what a passage of a mail does and states; ``asked``: the detail it answers."""


async def understand(parser: Parser, mail: Mail) -> Understanding:
    """Ask the model what a mail's newest text says, and once more when it names a ticket."""
    text = text_to_understand(mail)
    if not text:
        return Understanding("", "")
    understood = _understanding(await parser.parse(text))
    if short := language_text(mail, text):
        spoken = str((await parser.parse(short)).get("language") or "")
        understood = replace(understood, language=spoken or understood.language)
    understood = await _weighed(parser, mail, text, understood)
    understood = await _with_its_questions(parser, text, understood)
    return await _with_what_stands_beside(parser, text, understood)


async def _with_its_questions(
    parser: Parser, text: str, understood: Understanding
) -> Understanding:
    """Add the questions that a mail asks sentence by sentence, in their order.

    Of a whole mail the model hears one question, and none beside a request.
    """
    if understood.intent not in _MAY_ASK:
        return understood
    is_request = understood.intent in REQUESTING
    passed_over = MIGRATION_TOPICS if is_request else frozenset[str]()
    found, all_known = await _asked(parser, text, passed_over)
    # Several topics of a whole mail may be of sentences that tell and do not ask.
    replaces = not understood.topics or (all_known and len(understood.topics) > 1)
    if len(found) > 1 or (found and replaces):
        intent = understood.intent if is_request else _FAQ
        return replace(understood, topics=found, intent=intent)
    return understood


async def _asked(
    parser: Parser, text: str, passed_over: Collection[str]
) -> tuple[tuple[str, ...], bool]:
    """Give the topic of each sentence that asks, and whether each has one.

    Each is read by itself: beside the sentence before it an offer of office chairs "until the end
    of February" sounded like a question about deadlines.
    """
    topics: list[str] = []
    all_known = True
    for sentence in sentences(text):
        # What merely tells how things are may sound a little like a question.
        is_asked = parser.read(sentence).moves.get("ask", 0.0) >= _ENOUGH
        if sentence.endswith("?") or is_asked:
            found = _understanding(await _sure(parser, sentence, _ENOUGH)).topics
            topics += [t for t in found if t not in {*topics, *passed_over}]
            all_known = all_known and bool(found)
        if len(topics) >= _MAX_TOPICS:
            break
    return tuple(topics[:_MAX_TOPICS]), all_known


async def _weighed(
    parser: Parser, mail: Mail, text: str, understood: Understanding
) -> Understanding:
    """Tell a mail that asks how a ticket stands from one that names it for something else."""
    words = wordings(mail, text)
    if words is None or understood.intent == "share_secret":
        return understood
    if await _asks(parser, text, words) or await _part_asks(parser, mail, text):
        return replace(understood, intent=ASK_STATUS)
    # The reference alone made it sound so.
    is_mistaken = understood.intent == ASK_STATUS
    return replace(understood, intent=NAMES_TICKET) if is_mistaken else understood


async def _asks(parser: Parser, text: str, words: Wordings) -> bool:
    named = _understanding(await parser.parse(words.named)).intent
    bare = _understanding(await parser.parse(words.bare)).intent if words.bare else ""
    return asks_status(text, named=named, bare=bare)


async def _part_asks(parser: Parser, mail: Mail, text: str) -> bool:
    """Say whether one part asks about the ticket and no other wants something done with it."""
    parts = split_questions(text)
    naming = [part for part in parts if find_references(part)]
    for part in naming:
        words = wordings(mail, part)
        if words is None or not await _asks(parser, part, words):
            return False
    beside = [
        _understanding(await _sure(parser, part)).intent for part in parts if part not in naming
    ]
    return bool(naming) and not _WANTS & set(beside)


async def _with_what_stands_beside(
    parser: Parser, text: str, understood: Understanding
) -> Understanding:
    """Add the status to a mail's questions, or its questions to the status."""
    parts = split_questions(text)
    if understood.intent == ASK_STATUS:
        topics = [await _topic(parser, part) for part in parts]
        found = tuple(dict.fromkeys(filter(None, topics)))[:_MAX_TOPICS]
        return replace(understood, topics=found)
    if understood.topics and parts and may_ask_besides(text):
        return replace(understood, asks_status=await _any_asks(parser, parts))
    return understood


async def _topic(parser: Parser, part: str) -> str:
    """Name what a part of a question about a ticket asks besides; empty when nothing."""
    found = _understanding(await _sure(parser, part)) if not find_references(part) else None
    if found is None or not found.topics:
        return ""
    # "Has it been sent to the Contact Center?" speaks of the ticket, though it sounds like a
    # topic: only an outright question counts, or one that sounds the same of a ticket.
    of_ticket = _understanding(await parser.parse(as_of_a_ticket(part)))
    return found.topics[0] if parser.read(part).asks or found.topics == of_ticket.topics else ""


async def _any_asks(parser: Parser, parts: Iterable[str]) -> bool:
    found = [_understanding(await _sure(parser, part)) for part in parts]
    return any(part.intent == ASK_STATUS for part in found)


async def _sure(parser: Parser, text: str, least: float = _SURE) -> dict[str, Any]:
    """Parse a text; gives nothing when the model is not sure enough."""
    parsed = await parser.parse(text)
    return parsed if _confidence(parsed) >= least else {}


def _confidence(parsed: Mapping[str, Any]) -> float:
    return float((parsed.get("intent") or {}).get("confidence") or 0)


def _understanding(parsed: Mapping[str, Any]) -> Understanding:
    """Read from Rasa's parse what the core needs."""
    intent = str((parsed.get("intent") or {}).get("name") or "")
    selected = parsed.get("response_selector", {}).get(_FAQ, {}).get("response", {})
    named = parsed.get("topics") or [] if intent == _SEVERAL else []
    if intent == _FAQ:
        named = [selected["intent_response_key"]]
    topics = tuple(str(name).removeprefix(_TOPIC) for name in named)
    return Understanding(str(parsed.get("language") or ""), intent, topics)
