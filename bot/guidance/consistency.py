"""Checks that the answers carry the facts, in every language, and that the data agrees.

All functions take parsed YAML and give a list of sentences, empty when all is well.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from bot.language import LANGUAGES
from bot.patterns import Linear
from bot.understanding.text import fold

Responses = Mapping[str, Sequence[Mapping[str, Any]]]
Examples = Mapping[str, Mapping[str, Sequence[str]]]
"""Training examples by language, then by full intent."""

MIN_EXAMPLES = 25
_NOTICE = timedelta(days=60)
PLACEHOLDERS = frozenset(
    {
        *("code", "contact_email", "contact_phone", "date", "detail", "minutes", "number"),
        *("helpdesks", "reference", "said", "summary", "values"),
    }
)
_PLACEHOLDER = re.compile(r"{(\w{0,60})}")
_LITERAL = Linear(
    r"https?://\S+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\b(?:[\w-]+\.){2,}[a-z]{2,}\b|\b\d{2}/\d{2}/\d{4}\b"
    r"|\bAADB2C\d+\b|\bERR_[A-Z_]+\b"
)
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def variation(variations: Sequence[Mapping[str, Any]], language: str) -> Mapping[str, Any] | None:
    """Find the variation of a response for ``language``."""
    for candidate in variations:
        condition = candidate.get("condition")
        if condition and condition[0]["value"] == language:
            return candidate
    return None


def check_answers(facts: Mapping[str, Any], responses: Responses) -> list[str]:
    """Hold every topic's answers against the fact base."""
    problems: list[str] = []
    for identifier, topic in facts["topics"].items():
        name = topic["name"]
        variations = responses.get(f"utter_faq/{name}", [])
        for language in LANGUAGES:
            where = f"{identifier} {name} [{language}]"
            answer = variation(variations, language)
            if answer is None:
                problems.append(f"{where}: no answer")
                continue
            problems += [f"{where}: {problem}" for problem in _check_answer(topic, answer, facts)]
    return problems


def _check_answer(
    topic: Mapping[str, Any], answer: Mapping[str, Any], facts: Mapping[str, Any]
) -> Iterable[str]:
    text = answer["text"]
    alternatives = topic.get("alternative_tokens") or []
    for token in topic["tokens"]:
        if token not in text and not any(other in text for other in alternatives):
            yield f"lacks {token!r}"
    metadata = answer.get("metadata") or {}
    if metadata.get("topic") != topic["name"] or metadata.get("outcome") != "answer":
        yield "metadata.topic or metadata.outcome is not right"
    if not metadata.get("title") or not _ISO_DAY.fullmatch(str(metadata.get("checked"))):
        yield "metadata lacks title or the day it was checked"
    if metadata.get("helpdesk") != topic.get("helpdesk"):
        yield f"names the helpdesk {metadata.get('helpdesk')}, not {topic.get('helpdesk')}"
    unknown = set(metadata.get("sources") or ["none"]) - set(facts["sources"])
    if unknown:
        yield f"names sources that the fact base lacks: {', '.join(sorted(unknown))}"
    addresses = facts["contacts"]["filing_contact_center"]
    for kind in ("email", "phone"):
        if addresses[kind]["value"] in text:
            yield f"writes out the Contact Center's {kind}, which is a setting"


def check_next(facts: Mapping[str, Any], responses: Responses) -> list[str]:
    """Hold the buttons below every answer against what the fact base goes on to."""
    problems = []
    topics = {topic["name"] for topic in facts["topics"].values()}
    for identifier, topic in facts["topics"].items():
        for language in LANGUAGES:
            wanted = [
                _title(
                    f"utter_faq/{name}" if name in topics else f"utter_{name}", responses, language
                )
                for name in topic.get("next") or []
            ]
            answer = variation(responses.get(f"utter_faq/{topic['name']}", []), language)
            if answer is None:
                # That is a problem by itself.
                continue
            shown = [button["title"] for button in answer.get("buttons") or []]
            if shown != wanted:
                where = f"{identifier} {topic['name']} [{language}]"
                problems.append(f"{where}: buttons {shown}, but the fact base goes on to {wanted}")
    return problems


def _title(response: str, responses: Responses, language: str) -> str | None:
    found = variation(responses.get(response, []), language) or {}
    title = (found.get("metadata") or {}).get("title")
    return str(title) if title else None


def warn_of_the_end(facts: Mapping[str, Any], today: date) -> list[str]:
    """Name the facts that end within 60 days: their answers need a successor by then."""
    warnings = []
    for identifier, topic in facts["topics"].items():
        for fact in topic["facts"]:
            end = date.fromisoformat(fact.get("valid_until") or str(date.max))
            if today <= end <= today + _NOTICE:
                days = (end - today).days
                warnings.append(
                    f"{identifier} {topic['name']}: ends in {days} days: {fact['fact']}"
                )
    return warnings


def check_languages(responses: Responses) -> list[str]:
    """Hold the languages of every response against each other."""
    problems = []
    for name, variations in sorted(responses.items()):
        texts = {
            language: found["text"]
            for language in LANGUAGES
            if (found := variation(variations, language))
        }
        if not texts:
            # A notice for speakers of other languages is the same for everybody.
            continue
        if len(texts) < len(LANGUAGES) or variations[-1].get("condition"):
            problems.append(f"{name}: needs {', '.join(LANGUAGES)} and an unconditioned default")
        for kind, extract in (("placeholders", _placeholders), ("literal facts", _literals)):
            differing = {language: sorted(extract(text)) for language, text in texts.items()}
            if len({tuple(values) for values in differing.values()}) > 1:
                problems.append(f"{name}: {kind} differ between languages: {differing}")
        strange = set().union(*map(_placeholders, texts.values())) - PLACEHOLDERS
        if strange:
            problems.append(f"{name}: unknown placeholders {sorted(strange)}")
    return problems


def _placeholders(text: str) -> set[str]:
    return set(_PLACEHOLDER.findall(text))


def _literals(text: str) -> set[str]:
    return {literal.rstrip(".,;:)") for literal in _LITERAL.findall(text)}


def check_examples(examples: Examples) -> list[str]:
    """Hold the training data of the languages against each other."""
    problems = []
    intents = {language: list(examples.get(language, {})) for language in LANGUAGES}
    for language in LANGUAGES[1:]:
        if intents[language] != intents[LANGUAGES[0]]:
            differing = set(intents[language]) ^ set(intents[LANGUAGES[0]]) or "their order"
            problems.append(f"data/nlu [{language}]: intents differ from English: {differing}")
    owners: dict[str, set[str]] = {}
    for language, by_intent in examples.items():
        for intent, texts in by_intent.items():
            if len(texts) < MIN_EXAMPLES:
                problems.append(f"{intent} [{language}]: {len(texts)} of {MIN_EXAMPLES} examples")
            doubles = [text for text, times in Counter(map(fold, texts)).items() if times > 1]
            problems += [f"{intent} [{language}]: twice: {text}" for text in doubles]
            for text in texts:
                owners.setdefault(fold(text), set()).add(intent)
    problems += [
        f"in {' and '.join(sorted(found))}: {text}"
        for text, found in sorted(owners.items())
        if len(found) > 1
    ]
    return problems


def check_buttons(responses: Responses, examples: Examples) -> list[str]:
    """Hold every button against the training data: what it sends must be understood."""
    problems = []
    known = {
        language: {fold(text) for texts in examples.get(language, {}).values() for text in texts}
        for language in LANGUAGES
    }
    titles: Counter[tuple[str, str]] = Counter()
    for name, variations in responses.items():
        for language in LANGUAGES:
            found = variation(variations, language)
            if not found:
                continue
            title = (found.get("metadata") or {}).get("title")
            if title:
                titles[language, fold(title)] += 1
                if fold(title) not in known[language]:
                    problems.append(f"{name} [{language}]: title {title!r} is no example")
            for button in found.get("buttons") or []:
                if button["title"] != button["payload"]:
                    problems.append(f"{name} [{language}]: {button['title']!r} sends other words")
                # What answers the form's question is read by the form, not by the classifier.
                is_form_answer = name.startswith("utter_ask_")
                if not is_form_answer and fold(button["payload"]) not in known[language]:
                    problems.append(f"{name} [{language}]: {button['payload']!r} is no example")
    problems += [
        f"title {title!r} [{language}] stands for {times} topics"
        for (language, title), times in titles.items()
        if times > 1
    ]
    return problems
