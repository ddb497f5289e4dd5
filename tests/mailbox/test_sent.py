"""What people make of drafts, seen in the Sent folder of a real IMAP server."""

from email.message import EmailMessage
from email.policy import SMTP

import pytest
from sqlalchemy import select

from bot.storage.tables import MAILS, REVIEWS
from tests.mailbox.conftest import Desk, NewDesk
from tests.mailbox.fakes import NOW, plain, read_message, write_mail

MAIL = "Ik zie een grijs scherm. Bel me op 0475 12 34 56.\n\nMet vriendelijke groeten,\nAn Peeters"
OTHER = "Geachte mevrouw,\n\nUw certificaat is vervallen, vraag een nieuw aan bij uw leverancier.\n"


@pytest.fixture
async def desk(new_desk: NewDesk) -> Desk:
    desk = new_desk(mail_modes="draft")
    assert await desk.take(write_mail(MAIL)) == [("drafted", "question")]
    return desk


def send(desk: Desk, text: str, *, keeps_id: bool = False, refers_by: str = "In-Reply-To") -> None:
    """Do what a person does: open the draft, change it, send it; the client files it."""
    [draft] = [read_message(raw) for raw in desk.drafts()]
    sent = EmailMessage(policy=SMTP)
    sent["From"], sent["To"], sent["Subject"] = desk.settings.mail_address, draft["To"], "Re: Vraag"
    sent["Message-ID"] = draft["Message-ID"] if keeps_id else "<new@outlook.example>"
    if not keeps_id:
        sent[refers_by] = draft["In-Reply-To"]
    sent.set_content(text)
    client = desk.dovecot.client(desk.user, "Sent")
    client.append("Sent", sent.as_bytes(), msg_time=NOW)
    client.logout()


def queued(desk: Desk) -> list[tuple[str, str, str, str]]:
    with desk.engine.connect() as connection:
        rows = connection.execute(select(REVIEWS)).all()
    return [(row.source, row.reason, row.topics, row.text) for row in rows]


@pytest.mark.parametrize(
    "how", [{"refers_by": "In-Reply-To"}, {"refers_by": "References"}, {"keeps_id": True}]
)
async def test_a_mail_whose_draft_was_changed_waits_for_an_editor_once(
    desk: Desk, how: dict[str, object]
) -> None:
    send(desk, OTHER, **how)  # type: ignore[arg-type]

    assert desk.parts.sent().run_once() == 1
    assert desk.parts.sent().run_once() == 0
    assert queued(desk) == [
        (
            "email",
            "draft_changed",
            "grey_screen",
            "Ik zie een grijs scherm. Bel me op [number].",
        )
    ]


async def test_a_draft_that_was_sent_as_it_stood_teaches_nothing(desk: Desk) -> None:
    [draft] = [read_message(raw) for raw in desk.drafts()]
    send(desk, plain(draft) + "\n\nOp 24/11/2026 om 10:00 schreef An Peeters:\n> Ik zie grijs\n")

    assert desk.parts.sent().run_once() == 1
    assert queued(desk) == []
    with desk.engine.connect() as connection:
        assert connection.execute(select(MAILS.c.sent_at)).scalar() is not None


async def test_without_a_sent_folder_nothing_happens(desk: Desk) -> None:
    assert desk.parts.sent().run_once() == 0
    assert queued(desk) == []


async def test_the_folder_can_be_called_otherwise(new_desk: NewDesk) -> None:
    desk = new_desk(mail_modes="draft", imap_sent="Verzonden items")
    await desk.take(write_mail(MAIL))
    send(desk, OTHER)

    assert desk.parts.sent().run_once() == 0, "it looks in the folder of the settings alone"


async def test_mail_that_answers_something_else_is_left_alone(desk: Desk) -> None:
    desk.dovecot.client(desk.user, "Sent").append("Sent", write_mail("Iets anders"), msg_time=NOW)

    assert desk.parts.sent().run_once() == 0
    assert queued(desk) == []


async def test_nothing_is_marked_as_read(desk: Desk) -> None:
    send(desk, OTHER)

    desk.parts.sent().run_once()

    assert desk.dovecot.flags(desk.user, "Sent") == [set()]
