"""Hostile mails on a real IMAP server."""

import time

from sqlalchemy import select

from bot.storage.tables import MAILS
from tests.mailbox.conftest import Desk, NewDesk
from tests.mailbox.fakes import read_message, write_mail


async def test_people_see_that_a_mail_was_longer(desk: Desk) -> None:
    await desk.take(write_mail("grijs scherm\n\n" + "> oud citaat\n" * 10_000))

    with desk.engine.connect() as connection:
        kept = connection.execute(select(MAILS.c.text, MAILS.c.raw)).one()
    assert kept.text.endswith("de volledige mail staat in de mailbox.]")
    assert kept.raw, "all of it stays with the ticket"


async def test_whoever_may_be_another_joins_no_thread(desk: Desk) -> None:
    await desk.take(write_mail("Graag een aanvraag.\nOndernemingsnummer: 0403.170.701"))
    answer = read_message(desk.sent()[0])
    reply = write_mail("Model: verkort", sender="me@evil.example", reply_to=answer)
    forged = reply.replace(b"From: An Peeters", b"From: =?utf-8?q?an=40firma.example?=")

    outcomes = await desk.take(forged)

    assert outcomes == [("left", "unclear_sender")]
    assert len(desk.sent()) == 1
    with desk.engine.connect() as connection:
        threads = list(connection.execute(select(MAILS.c.thread_id)).scalars())
    assert len(set(threads)) == 2


async def test_many_senders_with_one_victim_reach_it_through_people_only(desk: Desk) -> None:
    victim = "victim@third.example"
    mails = [
        write_mail("grijs scherm", sender=f"x{n}@evil.example", Reply_To=victim) for n in range(6)
    ]

    outcomes = await desk.take(*mails)

    assert desk.sent() == []
    assert outcomes[0] == ("drafted", "question")
    assert outcomes[1:] == [("left", "same_answer_before")] * 5


async def test_beyond_what_a_sender_may_add_in_a_day_only_the_text_is_kept(
    new_desk: NewDesk,
) -> None:
    desk = new_desk(mail_kept_per_sender=1)
    large = write_mail("grijs scherm\n\n" + "> oud\n" * 120_000)

    await desk.take(large, large.replace(b"Message-ID: <", b"Message-ID: <2"))

    with desk.engine.connect() as connection:
        first, second = connection.execute(select(MAILS.c.text, MAILS.c.raw)).all()
    assert first.raw
    assert second.raw is None
    assert "alleen de tekst bewaard" in second.text


async def test_a_hostile_reference_costs_the_answer_nothing(desk: Desk) -> None:
    references = " ".join(f"<{'a=?q?' * 80}{n}@evil.example>" for n in range(20))
    started = time.process_time()

    await desk.take(write_mail("grijs scherm", References=references))

    assert len(desk.sent()) == 1
    assert time.process_time() - started < 5
