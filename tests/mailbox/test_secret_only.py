"""Mails that hold nothing but a secret: answered with a warning, and the secret kept nowhere."""

import logging
from collections.abc import Iterator

import pytest

from tests.mailbox.conftest import Desk, NewDesk
from tests.mailbox.fakes import plain, read_message, write_mail
from tests.mailbox.test_intake import HALF, REST

WARNING = "In uw mail stond een wachtwoord, pincode of rijksregisternummer."
MAILS = [
    ("Vraag", "Mijn wachtwoord is Zomer2026!", "Zomer2026"),
    ("Zoals gevraagd", "Beste,\n\nHierbij mijn pincode: 4821.\n\nGroeten\nAn", "4821"),
    ("Gegevens", "rijksregisternummer 85.07.30-033.28", "85.07.30"),
    ("Wachtwoord", "Zomer2026!", "Zomer2026"),
    ("RE: pincode", "Beste,\n\n4821", "4821"),
    ("mijn pincode is 4821", "Zie onderwerp", "4821"),
]


def everything_kept(desk: Desk) -> Iterator[str]:
    with desk.engine.connect() as connection:
        tables = connection.exec_driver_sql("select name from sqlite_master where type = 'table'")
        for (table,) in tables.all():
            yield from map(repr, connection.exec_driver_sql(f"select * from {table}").all())


@pytest.mark.parametrize(("subject", "text", "secret"), MAILS)
async def test_it_is_answered_with_the_warning_and_kept_nowhere(
    desk: Desk, caplog: pytest.LogCaptureFixture, subject: str, text: str, secret: str
) -> None:
    caplog.set_level(logging.DEBUG)

    outcomes = await desk.take(write_mail(text, subject=subject))

    assert outcomes == [("answered", "secret")]
    [answer] = [read_message(raw) for raw in desk.sent()]
    assert WARNING in plain(answer)
    assert "german" not in plain(answer)
    assert "Liever een medewerker?" in plain(answer)
    assert secret not in answer.as_string()
    kept = "\n".join(everything_kept(desk))
    assert "[***]" in kept
    assert secret not in kept
    logged = [record.getMessage() for record in caplog.records if "bot" in record.name]
    assert not [line for line in logged if secret in line]


async def test_the_copy_beside_a_ticket_holds_it_neither(desk: Desk) -> None:
    await desk.take(write_mail(HALF + REST))
    confirmation = read_message(desk.sent()[0])

    outcomes = await desk.take(write_mail("Mijn pincode is 4821.", reply_to=confirmation))

    assert outcomes == [("answered", "secret")]
    kept = desk.parts.journal()
    with kept._engine.connect() as connection:
        assert not connection.exec_driver_sql("select * from ticket_notes").all()


async def test_a_problem_told_with_it_is_left_to_people(desk: Desk) -> None:
    outcomes = await desk.take(
        write_mail("Mijn pincode is 4821 en toch blijft de lezer foute code zeggen")
    )

    assert outcomes == [("left", "share_secret")]


async def test_machines_modes_and_quotas_are_respected(new_desk: NewDesk) -> None:
    desk = new_desk(mail_modes="draft, nl=off")
    text = "Mijn wachtwoord is Zomer2026!"

    outcomes = await desk.take(
        write_mail(text, Auto_Submitted="auto-generated"),
        write_mail(text, List_Id="<nieuws.x.example>"),
        write_mail(text, X_Auto_Response_Suppress="All"),
        write_mail(text),
    )

    assert outcomes == [
        ("ignored", "auto_submitted"),
        ("ignored", "list_id"),
        ("left", "suppressed"),
        ("left", "mode_off"),
    ]


async def test_the_warning_is_not_repeated_within_a_week(desk: Desk) -> None:
    outcomes = await desk.take(
        write_mail("Mijn wachtwoord is Zomer2026!"), write_mail("Mijn wachtwoord is Lente2026!")
    )

    assert outcomes == [("answered", "secret"), ("left", "same_answer_before")]
