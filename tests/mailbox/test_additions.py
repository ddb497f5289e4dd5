"""Mails about a request that is a ticket already: added to it, with the mail itself."""

import re
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.delivery.build import build_worker
from bot.delivery.ticket import Line
from bot.storage import SqlKeptMails, SqlTicketStore
from bot.storage.tables import MAILS, TICKET_NOTES, TICKETS
from bot.tickets.code import TicketCodes
from tests.mailbox.conftest import KEY, Desk, NewDesk
from tests.mailbox.fakes import plain, read_message, write_mail
from tests.mailbox.test_intake import HALF, REST

WHOLE = HALF + REST
AGAIN = WHOLE.replace("4A:7F:02", "9B:01:77")


def notes(desk: Desk) -> list[str]:
    with desk.engine.connect() as connection:
        return list(connection.execute(select(TICKET_NOTES.c.text)).scalars())


def references(desk: Desk) -> list[str]:
    return [ticket.reference for ticket in SqlTicketStore(desk.engine).list()]


async def test_a_second_request_joins_the_first(desk: Desk) -> None:
    await desk.take(write_mail(WHOLE))

    outcomes = await desk.take(write_mail(AGAIN))

    assert outcomes == [("ticketed", "added")]
    [reference] = references(desk)
    [added] = notes(desk)
    assert "nummer van het certificaat: 9B:01:77" in added
    answer = " ".join(plain(read_message(desk.sent()[1])).split())
    assert f"al een lopende aanvraag voor dezelfde jaarrekening: {reference}" in answer
    assert "Gaat het toch om een andere aanvraag? Laat het dan weten door op deze mail" in answer
    assert TicketCodes(KEY).code(reference) not in answer


async def test_saying_that_it_is_another_request_reaches_the_desk(desk: Desk) -> None:
    await desk.take(write_mail(WHOLE), write_mail(AGAIN))
    answer = read_message(desk.sent()[1])

    outcomes = await desk.take(write_mail("Dit is een andere aanvraag.", reply_to=answer))

    assert outcomes == [("left", "ticket_exists")]
    assert notes(desk)[1] == "Dit is een andere aanvraag."


async def test_a_request_of_somebody_else_joins_nothing(desk: Desk) -> None:
    await desk.take(write_mail(WHOLE))

    outcomes = await desk.take(write_mail(AGAIN, sender="eve@kwaad.example"))

    assert outcomes == [("ticketed", "migration_request")]
    first, second = reversed(references(desk))
    assert first not in plain(read_message(desk.sent()[1]))
    assert second in plain(read_message(desk.sent()[1]))
    assert notes(desk) == []


async def test_a_colleague_who_made_the_request_may_add_to_it(desk: Desk) -> None:
    await desk.take(write_mail(WHOLE, sender="bart@firma.example"))

    outcomes = await desk.take(write_mail(AGAIN, sender="bart@firma.example"))

    assert outcomes == [("ticketed", "added")]


@pytest.mark.parametrize("status", ["resolved", "rejected"])
async def test_a_request_after_the_first_is_closed_is_a_new_one(desk: Desk, status: str) -> None:
    await desk.take(write_mail(WHOLE))
    with desk.engine.begin() as connection:
        connection.execute(update(TICKETS).values(status=status))

    assert await desk.take(write_mail(AGAIN)) == [("ticketed", "migration_request")]


async def test_a_request_eight_days_later_is_a_new_one(new_desk: NewDesk) -> None:
    desk = new_desk(mail_max_age_days=30)
    await desk.take(write_mail(WHOLE))
    desk.clock.pass_by(days=8)

    assert await desk.take(write_mail(AGAIN)) == [("ticketed", "migration_request")]


async def test_the_letter_gives_the_code(desk: Desk) -> None:
    await desk.take(write_mail(WHOLE))

    [reference] = references(desk)
    assert TicketCodes(KEY).code(reference) in plain(read_message(desk.sent()[0]))


async def test_a_later_mail_in_the_thread_is_added(desk: Desk) -> None:
    await desk.take(write_mail(WHOLE))
    confirmation = read_message(desk.sent()[0])

    await desk.take(
        write_mail("Aanvraag gewijzigd.\nAfsluitingsdatum: 31/12/2021", reply_to=confirmation)
    )

    assert notes(desk) == ["Aanvraag gewijzigd.\nAfsluitingsdatum: 31/12/2021"]


async def test_every_mail_of_the_thread_is_kept_as_it_came(desk: Desk) -> None:
    first = write_mail(HALF)
    await desk.take(first)
    second = write_mail(REST, reply_to=read_message(desk.sent()[0]))
    await desk.take(second)

    [reference] = references(desk)
    files = SqlKeptMails(desk.engine).of_ticket(reference)
    assert [file.content for file in files] == [first, second]


async def test_machines_duplicates_and_quarantined_mails_are_not_kept(desk: Desk) -> None:
    mail = write_mail("grijs scherm")
    await desk.take(
        mail,
        b"Received: by another server\r\n" + mail,
        write_mail("x", Auto_Submitted="auto-replied"),
        write_mail("ontploft"),
    )

    with desk.engine.connect() as connection:
        kept = [row.raw is not None for row in connection.execute(select(MAILS).order_by("id"))]
    assert kept == [True, False, False, False]


async def test_a_mail_with_a_password_is_kept_without_it(desk: Desk) -> None:
    await desk.take(write_mail(WHOLE + "\nMijn wachtwoord is Zomer2026!\n"))

    [reference] = references(desk)
    [file] = SqlKeptMails(desk.engine).of_ticket(reference)
    assert b"Zomer2026" not in file.content
    assert "niet bewaard" in plain(read_message(file.content))


async def test_the_desk_gets_the_ticket_with_its_mails_and_then_the_addition(
    new_desk: NewDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = new_desk(desk_email="team@balans.example")

    async def said(conversation: str) -> Sequence[Line]:
        return SqlKeptMails(desk.engine).of_thread(conversation.removeprefix("mail:"))

    def worker(self: Desk) -> Any:
        return build_worker(self.settings, self.engine, said, self.clock)

    monkeypatch.setattr(Desk, "worker", worker)
    first, second = write_mail(WHOLE), write_mail(AGAIN)
    await desk.take(first)
    await desk.take(second)

    to_team = [raw for _, to, raw in desk.submission.received if to == ["team@balans.example"]]
    opened, added = map(read_message, to_team)
    assert re.fullmatch(r"Migratieaanvraag CYB-2026-\d{6}-\d", opened["Subject"])
    assert added["Subject"] == opened["Subject"]
    assert added["References"] == opened["Message-ID"]
    for message, mail in ((opened, first), (added, second)):
        [attached] = [
            part for part in message.iter_attachments()
            if part.get_content_type() == "message/rfc822"
        ]  # fmt: skip
        assert attached.get_content()["Message-ID"] == read_message(mail)["Message-ID"]
