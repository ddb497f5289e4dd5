"""Actions around questions: asking back, out of scope, handing over, repeating."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.conversation import (
    Domain,
    Events,
    asked_topics,
    button,
    forget_request,
    intent_of,
    language_of,
    next_steps,
    say,
    title_of,
    unclear_turns,
    user_turns,
)

_UNSOLVED = "report_no_solution"
_MAX_CHOICES = 3
_MAX_SAID = 5
_MAX_SAID_CHARS = 300
_WORTH_TELLING = frozenset(
    {
        "change_detail",
        "faq",
        "give_details",
        "nlu_fallback",
        "out_of_scope",
        "several_questions",
    }
)
# Less likely choices only distract: under one chance in a hundred nobody has picked them.
_MIN_CHOICE_PROBABILITY = 0.01


class ActionAnswerQuestions(Action):
    """Answers each question of a message that asks several."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_answer_questions"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Events:
        """Give one bubble a topic, in the order asked."""
        for number, topic in enumerate(asked_topics(tracker)):
            # Cybo introduces itself once: the tracker learns of the first bubble too late.
            say(dispatcher, f"utter_{topic}", is_continued=number > 0)
        return []


class ActionClarify(Action):
    """Asks back with the likeliest topics as buttons; hands over after two tries."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_clarify"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Events:
        """Offer topics, never with the same words twice in a row."""
        tries = unclear_turns(tracker)
        choices = _choices(tracker, domain)
        if tries > 2:
            _hand_over_with_words(dispatcher, tracker)
        elif not choices:
            say(dispatcher, "utter_out_of_scope")
        else:
            none_of_these = title_of(_UNSOLVED, language_of(tracker), domain)
            titles = [*choices.values(), none_of_these]
            say(
                dispatcher,
                "utter_clarify" if tries < 2 else "utter_clarify_again",
                topics=[name.removeprefix("faq/") for name in choices if name.startswith("faq/")],
                buttons=[button(title) for title in titles if title],
            )
        return []


class ActionOutOfScope(Action):
    """Says what Cybo cannot do, what it can, and where to turn."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_out_of_scope"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Events:
        """Use other words the second time, hand over the third."""
        tries = unclear_turns(tracker)
        if tries > 2:
            _hand_over_with_words(dispatcher, tracker)
        else:
            say(dispatcher, "utter_out_of_scope" if tries < 2 else "utter_out_of_scope_again")
        return []


class ActionHandOver(Action):
    """Tells how to reach a person."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_hand_over"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Events:
        """Give the Contact Center's details."""
        say(dispatcher, "utter_hand_over")
        return []


class ActionTryNext(Action):
    """Offers what may help after an answer that did not, and a person the second time."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_try_next"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Events:
        """Offer the next causes that the last answer named and that were not read yet."""
        steps = next_steps(tracker, domain)
        tries = sum(intent_of(turn) == _UNSOLVED for turn in user_turns(tracker))
        if tries > 1 or not steps:
            _hand_over_with_words(dispatcher, tracker)
            return []
        titles = [*steps.values(), title_of(_UNSOLVED, language_of(tracker), domain)]
        say(
            dispatcher,
            "utter_try_next",
            topics=[name.removeprefix("faq/") for name in steps if name.startswith("faq/")],
            buttons=[button(title) for title in titles if title],
        )
        return []


class ActionHandOverWithWords(Action):
    """Tells how to reach a person, with the visitor's own words to send along."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_hand_over_with_words"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Events:
        """Give the Contact Center's details and what was said so far."""
        _hand_over_with_words(dispatcher, tracker)
        return []


class ActionRepeat(Action):
    """Says the last answer again."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_repeat"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Events:
        """Repeat every bubble of the turn before this one."""
        said: list[dict[str, Any]] = []
        for event in reversed(tracker.events):
            if event.get("event") == "bot":
                said.append(event)
            elif event.get("event") == "user" and said:
                break
        for event in reversed(said):
            metadata = (event.get("metadata") or {}).get("metadata") or {}
            dispatcher.utter_message(
                text=event.get("text"),
                buttons=(event.get("data") or {}).get("buttons") or [],
                metadata=metadata,
            )
        if not said:
            say(dispatcher, "utter_nothing_to_repeat")
        return []


class ActionSwitchLanguage(Action):
    """Confirms the language that a visitor asked for, in that language."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_switch_language"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Events:
        """Confirm, or ask which language when none was named."""
        requested = tracker.latest_message.get("requested_language")
        say(dispatcher, "utter_language_changed" if requested else "utter_choose_language")
        return []


class ActionStartOver(Action):
    """Clears what was filled in, but not the language."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_start_over"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Events:
        """Forget the request."""
        say(dispatcher, "utter_started_over")
        return forget_request()


def _choices(tracker: Tracker, domain: Domain) -> dict[str, str]:
    """Give the likeliest intents that have a title, with that title, best first."""
    language = language_of(tracker)
    titled = {
        ranked["name"]: title_of(ranked["name"], language, domain)
        for ranked in tracker.latest_message.get("intent_ranking") or []
        if ranked["probability"] >= _MIN_CHOICE_PROBABILITY and ranked["name"] != _UNSOLVED
    }
    chosen = {name: title for name, title in titled.items() if title}
    return dict(list(chosen.items())[:_MAX_CHOICES])


def _hand_over_with_words(dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
    said = [
        turn["text"][:_MAX_SAID_CHARS]
        for turn in user_turns(tracker)
        if len((turn.get("text") or "").split()) > 2 and intent_of(turn) in _WORTH_TELLING
    ]
    if not said:
        say(dispatcher, "utter_hand_over")
        return
    words = "\n".join(f"- “{text}”" for text in reversed(said[:_MAX_SAID]))
    say(dispatcher, "utter_hand_over_with_words", said=words)
