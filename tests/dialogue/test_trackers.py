import json
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from rasa.core.tracker_store import SQLTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    BotUttered,
    Event,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DatabaseError

from bot.dialogue import recent
from bot.dialogue.trackers import MaskingTrackerStore
from bot.privacy import MASK

SECRETS = {
    "en": ("my PIN code is 48213", "48213"),
    "fr": ("mon mot de passe est Bruges#2024", "Bruges#2024"),
    "nl": ("mijn rijksregisternummer is 85.07.30-033.28", "85.07.30-033.28"),
}
PRIVATE_KEY = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0B"

Store = Callable[[], MaskingTrackerStore]
in_a_file = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def address(database_url: str) -> str:
    return database_url


@pytest.fixture
def open_store(domain: Domain, address: str) -> Store:
    """Open one more store on the same database, as another process would."""

    def build() -> MaskingTrackerStore:
        return MaskingTrackerStore(domain=domain, url=address)

    return build


def said(words: str, **more: Any) -> UserUttered:
    """Make the event of a visitor's message as Rasa does, parse data included."""
    entities = [{"entity": "certificate_number", "value": words, "start": 0, "end": len(words)}]
    intent = {"name": "greet", "confidence": 0.9}
    parse_data = {"text": words, "intent": intent, "entities": entities, **more}
    return UserUttered(words, intent, entities, parse_data, input_channel="rest")


async def take_turn(
    store: TrackerStore, domain: Domain, sender: str, *events: Event
) -> DialogueStateTracker:
    """Read the conversation, add events and write it back: what Rasa does at a message."""
    tracker = await store.retrieve(sender) or DialogueStateTracker(sender, domain.slots)
    for event in events:
        tracker.update(event)
    await store.save(tracker)
    return tracker


def texts(tracker: DialogueStateTracker | None) -> list[str | None]:
    spoken = (UserUttered, BotUttered)
    return [
        event.text for event in (tracker.events if tracker else []) if isinstance(event, spoken)
    ]


def stored_texts(address: str) -> list[str]:
    """Read what visitors said straight from the database, in the order of its rows."""
    with create_engine(address).connect() as connection:
        rows = connection.execute(text("select type_name, data from events order by id")).all()
    return [json.loads(data)["text"] for kind, data in rows if kind in {"user", "bot"}]


def bytes_on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


# Secrets


@in_a_file
@pytest.mark.parametrize("language", SECRETS)
async def test_a_secret_is_masked_before_it_is_written(
    open_store: Store, domain: Domain, tmp_path: Path, address: str, language: str
) -> None:
    words, secret = SECRETS[language]

    await take_turn(open_store(), domain, "an", said(words))

    assert secret.encode() not in bytes_on_disk(tmp_path)
    assert stored_texts(address) == [words.replace(secret, MASK)]


@in_a_file
@pytest.mark.parametrize(
    ("words", "secret"),
    [
        ("pincode 4821 werkt niet", "4821"),
        ("password: Welkom2024!", "Welkom2024!"),
        ('my password is "Welkom-2024"', "Welkom-2024"),
        ('password: "hunter22!"', "hunter22!"),
        ('password: Welk"om2024!', "Welk"),
        ("wachtwoord: abc\\d123", "abc\\d123"),
        ("wachtwoord:\tGeheim#12", "Geheim#12"),
        ("wachtwoord: pâté#2024é", "2024é"),
        ("mot de passe = «Bruges#2024»", "Bruges#2024"),
        (PRIVATE_KEY, "MIIEvQIBADANBgkqhkiG9w0B"),
        (PRIVATE_KEY + "\n-----END PRIVATE KEY-----", "MIIEvQIBADANBgkqhkiG9w0B"),
        ("850730-033-28", "850730-033-28"),
        ("pin 4821\nNRN 85.07.30-033.28\npassword: x#y8z9", "85.07.30-033.28"),
    ],
)
async def test_no_trace_of_a_secret_reaches_the_disk(
    open_store: Store, domain: Domain, tmp_path: Path, words: str, secret: str
) -> None:
    await take_turn(open_store(), domain, "an", said(words))

    on_disk = bytes_on_disk(tmp_path)
    for written in (secret, json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]):
        assert written.encode() not in on_disk
    assert MASK.encode() in on_disk


@in_a_file
@pytest.mark.parametrize(
    "make_event",
    [
        lambda words: BotUttered(f"You wrote: “{words}”"),
        lambda words: SlotSet("certificate_number", words),
    ],
    ids=["quoted by Cybo", "kept in a slot"],
)
async def test_a_secret_that_the_turn_repeats_is_masked_as_well(
    open_store: Store,
    domain: Domain,
    tmp_path: Path,
    make_event: Callable[[str], Event],
) -> None:
    words, secret = SECRETS["nl"]

    await take_turn(open_store(), domain, "an", said(words), make_event(words))

    assert secret.encode() not in bytes_on_disk(tmp_path)


async def test_a_secret_is_masked_in_what_the_next_turn_reads(
    open_store: Store, domain: Domain
) -> None:
    words, secret = SECRETS["en"]
    store = open_store()
    await take_turn(store, domain, "an", said(words))

    cached, reread = await store.retrieve("an"), await open_store().retrieve("an")

    for tracker in (cached, reread):
        assert tracker is not None
        assert secret not in json.dumps([event.as_dict() for event in tracker.events])


@pytest.mark.parametrize(
    "words",
    [
        "grijs scherm",
        "0403.170.701",
        "mijn wachtwoord is vergeten",
        'de melding "ERR_SSL_CLIENT_AUTH_CERT"',
        "C:\\Users\\an\\cert.pfx",
        "😀 «merci» “dank u”",
        "pincode",
        "31/12/2022",
    ],
)
async def test_what_is_no_secret_is_kept_letter_for_letter(
    open_store: Store, domain: Domain, words: str
) -> None:
    await take_turn(open_store(), domain, "an", said(words))

    tracker = await open_store().retrieve("an")

    assert tracker is not None
    assert texts(tracker) == [words]
    assert tracker.latest_message is not None
    assert tracker.latest_message.parse_data["entities"][0]["value"] == words


async def test_what_was_understood_of_a_masked_message_is_kept(
    open_store: Store, domain: Domain
) -> None:
    ranking = [{"name": "greet", "confidence": 0.98765432101}]
    await take_turn(
        open_store(), domain, "an", said("my PIN code is 48213", intent_ranking=ranking)
    )

    tracker = await open_store().retrieve("an")

    assert tracker is not None
    assert tracker.latest_message is not None
    assert tracker.latest_message.parse_data["intent_ranking"] == ranking
    assert tracker.latest_message.intent_name == "greet"


# Keeping conversations


async def test_a_conversation_nobody_had_is_not_found(open_store: Store) -> None:
    assert await open_store().retrieve("nobody") is None


async def test_a_conversation_is_found_again_after_a_restart(
    open_store: Store, domain: Domain
) -> None:
    await take_turn(open_store(), domain, "an", said("hallo"), SlotSet("language", "nl"))

    tracker = await open_store().retrieve("an")

    assert texts(tracker) == ["hallo"]
    assert tracker is not None
    assert tracker.get_slot("language") == "nl"


async def test_every_event_is_written_once_and_in_order(
    open_store: Store, domain: Domain, address: str
) -> None:
    store = open_store()

    for number in range(5):
        await take_turn(store, domain, "an", said(f"question {number}"), BotUttered(f"{number}!"))

    assert stored_texts(address) == [
        words for number in range(5) for words in (f"question {number}", f"{number}!")
    ]


async def test_saving_twice_writes_nothing_twice(
    open_store: Store, domain: Domain, address: str
) -> None:
    store = open_store()
    tracker = await take_turn(store, domain, "an", said("hallo"))

    await store.save(tracker)
    await store.save(tracker)

    assert stored_texts(address) == ["hallo"]


async def test_a_turn_in_parts_is_kept_whole(
    open_store: Store, domain: Domain, address: str
) -> None:
    store = open_store()
    tracker = await take_turn(store, domain, "an", said("hallo"))

    tracker.update(BotUttered("goedendag"))
    await store.save(tracker)

    assert stored_texts(address) == ["hallo", "goedendag"]


async def test_conversations_are_kept_apart(open_store: Store, domain: Domain) -> None:
    store = open_store()
    await take_turn(store, domain, "an", said("I am An"))
    await take_turn(store, domain, "bart", said("I am Bart"))

    assert texts(await store.retrieve("an")) == ["I am An"]
    assert texts(await store.retrieve("bart")) == ["I am Bart"]


@pytest.mark.parametrize("sender", ["a'; drop table events; --", "Élodie 😀", "a/b", "x" * 255])
async def test_any_sender_can_be_kept(open_store: Store, domain: Domain, sender: str) -> None:
    await take_turn(open_store(), domain, sender, said("hallo"))

    assert texts(await open_store().retrieve(sender)) == ["hallo"]


async def test_a_first_turn_that_failed_leaves_nothing(open_store: Store, domain: Domain) -> None:
    store = open_store()
    tracker = await store.retrieve("an") or DialogueStateTracker("an", domain.slots)
    tracker.update(said("this turn fails"))

    assert await store.retrieve("an") is None


async def test_a_later_turn_that_failed_leaves_what_was_before(
    open_store: Store, domain: Domain, address: str
) -> None:
    store = open_store()
    await take_turn(store, domain, "an", said("hallo"), SlotSet("language", "nl"))
    failing = await store.retrieve("an")
    assert failing is not None
    failing.update(said("this turn fails"))
    failing.update(SlotSet("language", "fr"))

    await take_turn(store, domain, "an", said("opnieuw"))

    tracker = await store.retrieve("an")
    assert tracker is not None
    assert texts(tracker) == stored_texts(address) == ["hallo", "opnieuw"]
    assert tracker.get_slot("language") == "nl"


async def test_two_processes_see_each_others_turns(
    open_store: Store, domain: Domain, address: str
) -> None:
    first, second = open_store(), open_store()

    await take_turn(first, domain, "an", said("one"))
    await take_turn(second, domain, "an", said("two"))
    await take_turn(first, domain, "an", said("three"))
    await take_turn(second, domain, "an", said("four"))

    spoken = ["one", "two", "three", "four"]
    assert stored_texts(address) == spoken
    assert texts(await first.retrieve("an")) == spoken
    assert texts(await second.retrieve("an")) == spoken


async def test_slots_set_in_one_process_are_known_to_the_other(
    open_store: Store, domain: Domain
) -> None:
    first, second = open_store(), open_store()
    await take_turn(first, domain, "an", said("hallo"), SlotSet("language", "nl"))
    await take_turn(second, domain, "an", said("en français"), SlotSet("language", "fr"))

    tracker = await first.retrieve("an")

    assert tracker is not None
    assert tracker.get_slot("language") == "fr"


async def test_reading_a_conversation_during_its_turn_loses_nothing(
    open_store: Store, domain: Domain, address: str
) -> None:
    """An operator opens the tracker while the visitor waits for an answer."""
    store = open_store()
    await take_turn(store, domain, "an", said("before"))
    tracker = await store.retrieve("an")
    assert tracker is not None
    tracker.update(said("during"))

    await store.retrieve("an")
    await store.save(tracker)

    assert stored_texts(address) == ["before", "during"]
    assert texts(await store.retrieve("an")) == ["before", "during"]


async def test_more_conversations_than_memory_holds_are_all_kept(
    open_store: Store, domain: Domain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recent, "_MAX_CHARS", 1)
    store = open_store()
    for turn in range(2):
        for number in range(5):
            await take_turn(store, domain, f"visitor {number}", said(f"turn {turn}"))

    for number in range(5):
        assert texts(await store.retrieve(f"visitor {number}")) == ["turn 0", "turn 1"]


# Sessions


def new_session() -> Sequence[Event]:
    return [
        ActionExecuted("action_session_start"),
        SessionStarted(),
        ActionExecuted("action_listen"),
    ]


async def test_a_conversation_is_its_latest_session_in_every_process(
    open_store: Store, domain: Domain
) -> None:
    store = open_store()
    await take_turn(store, domain, "an", *new_session(), said("on Monday"))
    await take_turn(store, domain, "an", *new_session(), said("on Tuesday"))

    at_hand, reread = await store.retrieve("an"), await open_store().retrieve("an")

    assert texts(reread) == ["on Tuesday"]
    assert texts(at_hand) == texts(reread)


async def test_all_sessions_stay_in_the_database(
    open_store: Store, domain: Domain, address: str
) -> None:
    await take_turn(open_store(), domain, "an", *new_session(), said("on Monday"))
    await take_turn(open_store(), domain, "an", *new_session(), said("on Tuesday"))
    await take_turn(open_store(), domain, "an", said("later on Tuesday"))

    assert stored_texts(address) == ["on Monday", "on Tuesday", "later on Tuesday"]
    full = await open_store().retrieve_full_tracker("an")
    assert texts(full) == ["on Monday", "on Tuesday", "later on Tuesday"]


async def test_reading_a_later_session_during_its_turn_loses_nothing(
    open_store: Store, domain: Domain, address: str
) -> None:
    await take_turn(open_store(), domain, "an", *new_session(), said("on Monday"), said("again"))
    await take_turn(open_store(), domain, "an", *new_session(), said("on Tuesday"))
    store = open_store()
    tracker = await store.retrieve("an")
    assert tracker is not None
    tracker.update(said("during"))

    await store.retrieve("an")
    await store.save(tracker)

    assert stored_texts(address)[-1] == "during"


async def test_a_later_session_pushed_out_of_memory_during_its_turn_loses_nothing(
    open_store: Store, domain: Domain, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recent, "_MAX_CHARS", 1)
    await take_turn(open_store(), domain, "an", *new_session(), said("on Monday"), said("again"))
    await take_turn(open_store(), domain, "an", *new_session(), said("on Tuesday"))
    store = open_store()
    tracker = await store.retrieve("an")
    assert tracker is not None
    tracker.update(said("during"))

    await take_turn(store, domain, "bart", said("hallo"))
    await store.save(tracker)

    assert "during" in stored_texts(address)


# Opening


def test_the_stock_route_opens_it_in_the_settings_folder(
    domain: Domain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CYBO_DATA_DIR", str(tmp_path / "not" / "there yet"))
    endpoint = EndpointConfig(type="bot.dialogue.trackers.MaskingTrackerStore")

    TrackerStore.create(endpoint, domain)

    assert (tmp_path / "not" / "there yet" / "trackers.db").exists()


async def test_rasas_own_store_reads_what_it_wrote(
    open_store: Store, domain: Domain, address: str
) -> None:
    await take_turn(open_store(), domain, "an", said("hallo"), BotUttered("goedendag"))

    plain = SQLTrackerStore(domain, host=address)

    assert texts(await plain.retrieve("an")) == ["hallo", "goedendag"]
    assert list(await plain.keys()) == ["an"]


async def test_a_look_in_between_reads_the_same_and_costs_the_next_turn_nothing(
    open_store: Store, domain: Domain
) -> None:
    store = open_store()
    await take_turn(store, domain, "an", said("hallo"))

    looked_at = await store.peek("an")
    next_turn = await store.retrieve("an")

    assert texts(looked_at) == ["hallo"]
    assert next_turn is looked_at
    assert await store.peek("nobody") is None


async def test_a_look_sees_what_another_process_wrote(open_store: Store, domain: Domain) -> None:
    here, there = open_store(), open_store()
    await take_turn(here, domain, "an", said("hallo"))
    await take_turn(there, domain, "an", said("grijs scherm"))

    assert texts(await here.peek("an")) == ["hallo", "grijs scherm"]


@pytest.mark.parametrize("words", [["opnieuw"], ["opnieuw", "en nog eens"]])
async def test_a_conversation_that_was_removed_and_begun_again_elsewhere_is_read_anew(
    open_store: Store, domain: Domain, address: str, words: list[str]
) -> None:
    here, elsewhere = open_store(), open_store()
    await take_turn(here, domain, "an", said("hallo"))
    await take_turn(here, domain, "ben", said("dag"))
    with create_engine(address).begin() as connection:
        connection.execute(text("delete from events where sender_id = 'an'"))

    for said_now in words:
        await take_turn(elsewhere, domain, "an", said(said_now))

    assert texts(await here.retrieve("an")) == words


async def test_a_conversation_that_was_removed_is_forgotten(
    open_store: Store, domain: Domain, address: str
) -> None:
    store = open_store()
    await take_turn(store, domain, "an", said("hallo"))

    with create_engine(address).begin() as connection:
        connection.execute(text("delete from events"))

    assert await store.retrieve("an") is None
    assert texts(await take_turn(store, domain, "an", said("opnieuw"))) == ["opnieuw"]
    assert stored_texts(address) == ["opnieuw"]


async def test_an_error_does_not_repeat_what_somebody_said(
    open_store: Store, domain: Domain
) -> None:
    broken = DialogueStateTracker("a" * 300, domain.slots)
    broken.update(said("ik ben An Peeters"))
    store = open_store()
    with store.engine.begin() as connection:
        connection.execute(text("alter table events rename column data to gone"))

    with pytest.raises(DatabaseError) as error:
        await store.save(broken)

    assert "Peeters" not in "".join(traceback.format_exception(error.value))


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_database_that_was_restarted_costs_no_turn(
    open_store: Store, domain: Domain, address: str
) -> None:
    store = open_store()
    await take_turn(store, domain, "an", said("hallo"))
    with create_engine(address).connect() as connection:
        connection.execute(
            text(
                "select pg_terminate_backend(pid) from pg_stat_activity "
                "where datname = current_database() and pid <> pg_backend_pid()"
            )
        )

    await take_turn(store, domain, "an", said("nog iets"))

    assert stored_texts(address) == ["hallo", "nog iets"]
