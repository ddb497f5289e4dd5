"""The review queue as an editor meets it."""

import re
from dataclasses import replace
from datetime import datetime, timezone

import numpy as np
import pytest
from sqlalchemy import select
from sqlalchemy.engine import Engine

from bot.accounts import Accounts
from bot.feedback import Feedback
from bot.review.verdicts import MOVES
from bot.shell.project import read_examples
from bot.storage import SqlFeedbackStore, SqlReviews, SqlTurnStore
from bot.storage.tables import AUDIT, REVIEWS
from bot.turns import TurnRecord
from tests.desk.conftest import Browser, Clock, Visitors

AT = datetime(2026, 11, 24, 9, 0, tzinfo=timezone.utc)
TURN = TurnRecord("widget:a", "web", AT, "nl", "", "clarify", "x", ("grey_screen", "fees"), 0.4, 9)
GREY = {"nl": "Ik zie een grijs scherm", "fr": "Mon écran reste gris", "en": "I see a grey screen"}


@pytest.fixture
def queue(engine: Engine, accounts: Accounts, clock: Clock) -> SqlReviews:
    """Fill the queue: three messages of one meaning in two languages, one twice, and another."""
    SqlTurnStore(engine).record(
        [
            replace(TURN, text="mijn scherm is muisgrijs"),
            replace(TURN, text="Mijn scherm is muisgrijs"),
            replace(TURN, text="mon écran est gris souris", language="fr"),
            replace(TURN, text="wie wint <b>zondag</b>", outcome="out_of_scope", topics=()),
        ]
    )
    said = ("down", ("fees",), "nl", "bel 0475 12 34 56, dit klopt niet", "muisgrijs!")
    SqlFeedbackStore(engine, clock).record(Feedback("widget:b", "m:0", *said))
    reviews = SqlReviews(engine, clock)
    reviews.fill_vectors(lambda texts: np.array([_direction(text) for text in texts]))
    return reviews


def _direction(text: str) -> list[float]:
    is_grey = "gris" in text or "grijs" in text
    return [float(is_grey), float(not is_grey), *([0.0] * 510)]


def verdicts(engine: Engine) -> dict[str, str | None]:
    with engine.connect() as connection:
        rows = connection.execute(select(REVIEWS).order_by(REVIEWS.c.id)).all()
    return {row.text: row.verdict for row in rows}


def log(engine: Engine) -> list[tuple[str, str, str, str]]:
    with engine.connect() as connection:
        rows = connection.execute(select(AUDIT).order_by(AUDIT.c.id)).all()
    return [(r.user, r.action, r.subject, r.detail) for r in rows if r.action != "signed_in"]


def ticked(page: str) -> list[dict[str, str]]:
    """Give the ticked messages of each group as a browser would send them."""
    return [
        dict(
            re.findall(r'type="checkbox" id="[^"]*" name="(m-\d+)" value="([\d,]+)" checked', part)
        )
        for part in page.split("<section")[1:]
    ]


async def editor(visit: Visitors, path: str = "/desk/review") -> Browser:
    browser = await visit("ed")
    await browser.open(path)
    assert browser.status == 200, browser.page
    return browser


async def test_an_agent_may_not_decide(visit: Visitors, queue: SqlReviews) -> None:
    browser = await visit("an")

    for path in ("/desk/review", "/desk/review/1"):
        await browser.open(path)
        assert browser.status == 403
    await browser.send("/desk/review", action="dismissed", **{"m-1": "1"})
    assert browser.status == 403


async def test_messages_of_one_meaning_stand_in_one_group(
    visit: Visitors, queue: SqlReviews
) -> None:
    browser = await editor(visit, "/desk/review?lang=nl")

    grey, other = ticked(browser.page)

    assert sorted(grey.values()) == ["2,1", "3", "5"]
    assert list(other.values()) == ["4"]
    assert "Verschillende berichten: 4, groepen: 2" in browser.page
    assert "2 keer gevraagd" in browser.page
    assert (
        "Cybo stelde voor: Ik zie een grijs scherm; Hoeveel kost een neerlegging?" in browser.page
    )
    assert "Cybo antwoordde: Hoeveel kost een neerlegging?" in browser.page
    assert "“bel [number], dit klopt niet”" in browser.page
    assert "wie wint &lt;b&gt;zondag" in browser.page


@pytest.mark.parametrize("language", ["en", "fr", "nl"])
async def test_a_topic_is_assigned_to_a_whole_group_by_its_title(
    visit: Visitors, queue: SqlReviews, engine: Engine, language: str
) -> None:
    browser = await editor(visit, f"/desk/review?lang={language}")
    assert f'<option value="{GREY[language]}">' in browser.page

    meaning = GREY[language].upper()
    await browser.send("/desk/review", action="assign", meaning=meaning, **ticked(browser.page)[0])

    assert browser.url == "/desk/review?notice=review.decided"
    assert set(verdicts(engine).values()) == {"faq/grey_screen", None}
    assert verdicts(engine)["wie wint <b>zondag</b>"] is None
    assert log(engine) == [("ed", "review_decided", "faq/grey_screen", "1,2,3,5")]


@pytest.mark.parametrize(
    ("fields", "verdict"),
    [
        ({"action": "out_of_scope"}, "out_of_scope"),
        ({"action": "dismissed"}, "dismissed"),
        ({"action": "assign", "meaning": "Gesprek: wil een medewerker"}, "request_human"),
        ({"action": "assign", "meaning": "Praatje: groet"}, "chitchat/greet"),
    ],
)
async def test_a_single_message_gets_another_verdict(
    visit: Visitors, queue: SqlReviews, engine: Engine, fields: dict[str, str], verdict: str
) -> None:
    browser = await editor(visit, "/desk/review?lang=nl")

    await browser.send("/desk/review", **fields, **{"m-5": "5"})

    assert [text for text, given in verdicts(engine).items() if given] == ["muisgrijs!"]
    assert verdicts(engine)["muisgrijs!"] == verdict


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"action": "assign", "meaning": "iets anders", "m-1": "1"}, "Kies een onderwerp"),
        ({"action": "assign", "meaning": "", "m-1": "1"}, "Kies een onderwerp"),
        ({"action": "dismissed"}, "Vink minstens"),
        ({"action": "dismissed", "m-1": "x"}, "Vink minstens"),
    ],
)
async def test_a_form_that_decides_nothing_says_so(
    visit: Visitors, queue: SqlReviews, engine: Engine, fields: dict[str, str], words: str
) -> None:
    browser = await editor(visit, "/desk/review?lang=nl")

    await browser.send("/desk/review", **fields)

    assert browser.status == 422
    assert words in browser.page
    assert 'role="alert"' in browser.page
    assert set(verdicts(engine).values()) == {None}
    assert log(engine) == []


async def test_who_decides_on_what_a_colleague_decided_is_told(
    visit: Visitors, queue: SqlReviews, engine: Engine
) -> None:
    browser = await editor(visit)
    queue.decide([1, 2, 3, 5], "faq/fees", "ada")

    await browser.send("/desk/review", action="dismissed", **ticked(browser.page)[0])

    assert browser.status == 409
    assert "dismissed" not in verdicts(engine).values()


async def test_the_text_is_edited_before_it_is_taken(
    visit: Visitors, queue: SqlReviews, engine: Engine
) -> None:
    browser = await editor(visit, "/desk/review/3?lang=nl")

    fields = {"text": " l’écran est gris ", "of": "fr", "meaning": GREY["nl"]}
    await browser.send("/desk/review/3", action="assign", **fields)

    assert verdicts(engine)["l’écran est gris"] == "faq/grey_screen"
    assert "mon écran est gris souris" not in verdicts(engine)
    assert [entry[1:] for entry in log(engine)] == [
        ("review_reworded", "3", ""),
        ("review_decided", "faq/grey_screen", "3"),
    ]


async def test_the_text_can_be_saved_without_a_decision(
    visit: Visitors, queue: SqlReviews, engine: Engine
) -> None:
    browser = await editor(visit, "/desk/review/4")

    await browser.send("/desk/review/4", action="reword", text="wie wint", of="en")

    assert browser.url == "/desk/review/4?notice=review.reworded"
    assert verdicts(engine)["wie wint"] is None
    await browser.send("/desk/review/4", action="reword", text="  ", of="en")
    assert browser.status == 422
    await browser.send("/desk/review/4", action="reword", text="x", of="de")
    assert browser.status == 422
    assert verdicts(engine)["wie wint"] is None


async def test_a_decision_is_undone(visit: Visitors, queue: SqlReviews, engine: Engine) -> None:
    browser = await editor(visit, "/desk/review?lang=nl&language=nl")
    await browser.send("/desk/review", action="dismissed", language="nl", **ticked(browser.page)[0])
    assert browser.url == "/desk/review?language=nl&notice=review.dismissed"
    assert "(en nog 2)" in browser.page
    found = re.search(r'name="ids" value="([\d,]+)"', browser.page)
    assert found

    await browser.send("/desk/review/undo", ids=found[1])

    assert browser.url == "/desk/review?notice=review.undone"
    assert set(verdicts(engine).values()) == {None}
    assert log(engine)[-1][1] == "review_undone"
    await browser.send("/desk/review/undo", ids=found[1])
    assert browser.status == 409


@pytest.mark.parametrize(
    ("query", "groups"),
    [
        ("reason=thumbs_down", [["5"]]),
        ("language=fr", [["3"]]),
        ("reason=sent_away&language=nl", [["4"]]),
        ("reason=draft_changed", []),
        ("reason=nonsense", [["5", "3", "2,1"], ["4"]]),
    ],
)
async def test_the_queue_is_filtered(
    visit: Visitors, queue: SqlReviews, query: str, groups: list[list[str]]
) -> None:
    browser = await editor(visit, f"/desk/review?lang=en&{query}")

    shown = [sorted(group.values()) for group in ticked(browser.page)]

    assert shown == [sorted(group) for group in groups]
    assert ("nothing to review with these filters" in browser.page) == (not groups)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "nothing to review. Messages"),
        ("fr", "rien à revoir. Dès"),
        ("nl", "niets na te kijken. K"),
    ],
)
async def test_an_empty_queue_says_so(
    visit: Visitors, accounts: Accounts, language: str, words: str
) -> None:
    browser = await editor(visit, f"/desk/review?lang={language}")

    assert words in browser.page
    assert "<section" not in browser.page


@pytest.mark.parametrize("path", ["/desk/review/99", "/desk/review/999999999999", "/desk/review/x"])
async def test_a_message_that_is_gone_is_a_page_of_its_own(
    visit: Visitors, queue: SqlReviews, path: str
) -> None:
    browser = await visit("ed")

    await browser.open(path)

    assert browser.status == 404


async def test_groups_are_spread_over_pages(
    visit: Visitors, engine: Engine, accounts: Accounts
) -> None:
    SqlTurnStore(engine).record([replace(TURN, text=f"bericht {n}") for n in range(23)])

    browser = await editor(visit, "/desk/review?page=3")
    assert len(ticked(browser.page)) == 3
    for page in ("99", "0", "x", "-1"):
        await browser.open(f"/desk/review?page={page}")
        assert browser.status == 200


def test_every_move_can_be_learnt() -> None:
    for by_intent in read_examples().values():
        assert set(MOVES) <= set(by_intent)
