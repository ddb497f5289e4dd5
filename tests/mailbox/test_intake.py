"""What becomes of mails: outcomes, threads, quotas, modes; on a real IMAP server."""

import logging
import re

import pytest

from bot.mailbox.accounts import imap_account
from bot.mailbox.imap import ImapMailbox
from bot.storage import SqlTicketStore
from tests.mailbox.conftest import Desk, NewDesk
from tests.mailbox.fakes import DESK, plain, read_message, write_mail

HALF = (
    "Graag een aanvraag.\n\nOndernemingsnummer: 0403.170.701\nAfsluitingsdatum: 31/12/2022\n"
    "Model: verkort\n"
)
REST = (
    "Soort neerlegging: eerste neerlegging\nTaal van de neerlegging: Nederlands\n"
    "Houder van het certificaat: An Peeters\nE-mailadres van het certificaat: an@firma.example\n"
    "Certificaatnummer: 4A:7F:02\nSoort certificaat: GlobalSign\n"
)


async def test_a_question_is_answered_once_and_marked(desk: Desk) -> None:
    outcomes = await desk.take(write_mail("Ik zie een grijs scherm"))

    assert outcomes == [("answered", "question")]
    [(sender, recipients, raw)] = desk.submission.received
    assert (sender, recipients) == ("<>", ["an@firma.example"])
    answer = read_message(raw)
    assert "<utter_faq/grey_screen nl>" in plain(answer)
    assert answer["Auto-Submitted"] == "auto-replied"
    assert answer["X-Auto-Response-Suppress"] == "All"
    assert answer["From"].addresses[0].addr_spec == DESK
    assert desk.dovecot.flags(desk.user) == [{"$CyboDone"}], "still unread, and marked"
    assert await desk.work() == []
    assert len(desk.sent()) == 1


async def test_drafts_are_the_default(new_desk: NewDesk) -> None:
    desk = new_desk(mail_modes="draft")

    assert await desk.take(write_mail("grijs scherm")) == [("drafted", "question")]
    [draft] = [read_message(raw) for raw in desk.drafts()]
    assert desk.sent() == []
    assert draft["Auto-Submitted"] is None, "a person sends it"
    assert draft["X-Cybo-Loop"] == "1"
    assert "voorbereid door Cybo" in plain(draft)
    assert desk.dovecot.flags(desk.user, "Drafts") == [{"\\Draft"}]


async def test_modes_by_topic_and_language(new_desk: NewDesk) -> None:
    desk = new_desk(mail_modes="send, fees=draft, browsers.nl=off")

    outcomes = await desk.take(
        write_mail("grijs scherm"),
        write_mail("wat kost het", sender="b@x.example"),
        write_mail("welke browser", sender="c@x.example"),
        write_mail("grijs scherm en wat kost het", sender="d@x.example"),
    )

    assert [outcome for outcome, _ in outcomes] == ["answered", "drafted", "left", "drafted"]


async def test_a_half_request_is_completed_by_a_reply(desk: Desk) -> None:
    assert await desk.take(write_mail(HALF)) == [("answered", "migration_request")]
    answer = read_message(desk.sent()[0])
    form = plain(answer).partition("nog nodig")[2]
    assert len(re.findall(r"(?m)^[A-Z][^:\n]*:$", form)) == 6, "exactly what is missing"
    assert "Ondernemingsnummer" not in form

    outcomes = await desk.take(write_mail(REST, reply_to=answer))

    assert outcomes == [("ticketed", "migration_request")]
    [ticket] = SqlTicketStore(desk.engine).list()
    assert ticket.as_dict() == {
        "reference": ticket.reference,
        "status": "new",
        "created_at": "2026-11-24T10:00:00Z",
        "channel": "email",
        "language": "nl",
        "filings": [
            {
                "enterprise_number": "0403170701",
                "closing_date": "2022-12-31",
                "filing_model": "abbreviated",
                "deposit_type": "initial",
                "filing_language": "nl",
            }
        ],
        "certificate_owner": "An Peeters",
        "certificate_email": "an@firma.example",
        "certificate_number": "4A:7F:02",
        "certificate_type": "globalsign",
    }
    assert ticket.reference in plain(read_message(desk.sent()[1]))


async def test_the_subject_alone_finds_the_thread(desk: Desk) -> None:
    await desk.take(write_mail(HALF))
    subject = read_message(desk.sent()[0])["Subject"]
    assert "[cybo-" in subject

    assert await desk.take(write_mail(REST, subject=f"Antw: {subject}")) == [
        ("ticketed", "migration_request")
    ]


async def test_another_sender_does_not_get_into_a_thread(desk: Desk) -> None:
    await desk.take(write_mail(HALF))
    answer = read_message(desk.sent()[0])

    await desk.take(write_mail(REST, reply_to=answer, sender="eve@kwaad.example"))

    assert SqlTicketStore(desk.engine).list() == []
    assert "0403" not in plain(read_message(desk.sent()[1])), "nothing of An's request is told"


async def test_a_forged_tag_finds_nothing(desk: Desk) -> None:
    await desk.take(write_mail(HALF))
    subject = str(read_message(desk.sent()[0])["Subject"])
    forged = re.sub(r"-([a-z2-7])([a-z2-7]{7})\]", r"-\2\1]", subject)

    await desk.take(write_mail(REST, subject=forged))

    assert SqlTicketStore(desk.engine).list() == []


async def test_after_the_ticket_people_read_what_changes(desk: Desk) -> None:
    await desk.take(write_mail(HALF + REST))
    confirmation = read_message(desk.sent()[0])

    outcomes = await desk.take(
        write_mail("Aanvraag gewijzigd.\nAfsluitingsdatum: 31/12/2021", reply_to=confirmation)
    )

    assert outcomes == [("left", "ticket_exists")]


async def test_a_copy_in_the_box_counts_as_a_duplicate(desk: Desk) -> None:
    mail = write_mail("grijs scherm")

    assert await desk.take(mail, b"Received: by another server\r\n" + mail) == [
        ("answered", "question"),
        ("ignored", "duplicate"),
    ]
    assert len(desk.sent()) == 1


async def test_machines_get_no_answer(desk: Desk) -> None:
    outcomes = await desk.take(
        write_mail("grijs scherm", Auto_Submitted="auto-replied"),
        write_mail("grijs scherm", sender="mailer-daemon@x.example"),
        write_mail("grijs scherm", List_Id="<nieuws.x.example>"),
        write_mail("grijs scherm", Precedence="bulk"),
    )

    assert [outcome for outcome, _ in outcomes] == ["ignored"] * 4
    assert desk.sent() == []


async def test_thanks_are_left_to_people(desk: Desk) -> None:
    assert await desk.take(write_mail("Bedankt!")) == [("left", "thanks")]


async def test_quotas_stop_answers_and_lose_nothing(new_desk: NewDesk) -> None:
    desk = new_desk(mail_per_sender_hour=2)
    mails = [write_mail(text) for text in ("grijs", "kost", "browser")]

    outcomes = await desk.take(*mails)

    assert outcomes[:2] == [("answered", "question")] * 2
    assert outcomes[2] == ("left", "quota_sender")
    desk.clock.pass_by(hours=1, seconds=1)
    assert await desk.take(write_mail("welke browser")) == [("answered", "question")]


async def test_the_same_answer_is_not_given_twice_in_a_week(new_desk: NewDesk) -> None:
    desk = new_desk(mail_max_age_days=30)
    assert await desk.take(write_mail("grijs scherm")) == [("answered", "question")]
    desk.clock.pass_by(days=6)
    assert await desk.take(write_mail("weer grijs")) == [("left", "same_answer_before")]
    desk.clock.pass_by(days=2)
    assert await desk.take(write_mail("nog grijs")) == [("answered", "question")]


async def test_what_is_too_large_or_breaks_something_is_set_aside(new_desk: NewDesk) -> None:
    desk = new_desk(mail_max_megabytes=1)

    outcomes = await desk.take(
        write_mail("groot " * 250_000), write_mail("ontploft"), write_mail("grijs scherm")
    )

    assert outcomes == [
        ("quarantined", "too_large"),
        ("quarantined", "failed_ValueError"),
        ("answered", "question"),
    ]
    assert len(desk.dovecot.read(desk.user, "Quarantine")) == 2
    assert len(desk.dovecot.read(desk.user)) == 1


async def test_secrets_are_neither_kept_nor_repeated(desk: Desk) -> None:
    await desk.take(write_mail("grijs scherm, mijn wachtwoord is Zomer2026!", subject="pin 4711"))

    assert b"Zomer2026" not in desk.sent()[0]
    with desk.engine.connect() as connection:
        kept = connection.exec_driver_sql("select subject, text from mails").one()
    assert "Zomer2026" not in kept.text
    assert "4711" not in kept.subject
    assert "In uw mail stond een wachtwoord, pincode of rijksregisternummer." in plain(
        read_message(desk.sent()[0])
    )


async def test_old_mail_is_left_alone(desk: Desk) -> None:
    desk.clock.pass_by(days=365)

    assert await desk.take(write_mail("grijs scherm")) == []


async def test_a_mail_that_people_moved_away_is_ignored(desk: Desk) -> None:
    journal = desk.parts.journal()
    client = desk.dovecot.client(desk.user)
    validity = int(client.folder_status("INBOX", ["UIDVALIDITY"])[b"UIDVALIDITY"])
    client.logout()
    desk.counts.received(journal.register(validity, [99], desk.clock()))

    assert await desk.work() == [("ignored", "gone")]


async def test_a_box_that_was_numbered_anew_answers_nobody_twice(desk: Desk) -> None:
    await desk.take(write_mail("grijs scherm"))
    client = desk.dovecot.client(desk.user)
    client.create_folder("Nieuw")
    client.copy(client.search(), "Nieuw")
    client.logout()
    settings = desk.settings.model_copy(update={"imap_folder": "Nieuw"})
    with desk.engine.begin() as connection:
        name = f"{desk.user}@127.0.0.1/Nieuw"
        connection.exec_driver_sql("update mails set account = ?", (name,))
    desk.settings = settings
    mailbox = ImapMailbox(imap_account(settings))
    mailbox.connect()
    await desk.parts.intake(desk.counts).run_once(mailbox)
    mailbox.close()

    assert desk.counts.outcomes[1:] == [("ignored", "duplicate")]


async def test_a_bounce_of_our_answer_silences_us(desk: Desk) -> None:
    await desk.take(write_mail("grijs scherm"))
    answer = read_message(desk.sent()[0])
    report = (
        "From: MAILER-DAEMON@mx.example\r\nTo: " + DESK + "\r\nSubject: Undelivered\r\n"
        "MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; "
        'boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nno\r\n'
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\n"
        "Final-Recipient: rfc822; an@firma.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        "--b\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        f"Message-ID: {answer['Message-ID']}\r\nSubject: x\r\n--b--\r\n"
    ).encode()

    assert await desk.take(report) == [("ignored", "report")]
    assert await desk.take(write_mail("wat kost het")) == [("left", "bounced_before")]


async def test_two_cybos_stop_after_one_answer(new_desk: NewDesk) -> None:
    here, there = (
        new_desk(),
        new_desk(mail_address="cybo@elders.example", contact_email="cybo@elders.example"),
    )
    first = write_mail("grijs scherm", sender="cybo@elders.example")
    await here.take(first)

    for _ in range(5):
        sent_here, sent_there = len(here.sent()), len(there.sent())
        await there.take(*here.sent()[-1:])
        await here.take(*there.sent()[-1:])
        assert (len(here.sent()), len(there.sent())) == (sent_here, sent_there)
    assert len(here.submission.received) == 1


async def test_the_log_tells_the_journey_and_nothing_personal(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="bot")
    await desk.take(write_mail(HALF))
    await desk.take(write_mail(REST, reply_to=read_message(desk.sent()[0])))

    text = "\n".join(record.getMessage() for record in caplog.records)
    for step in ("mail.queued", "mail.settled", "outbox.delivered", "ticket.opened"):
        assert step in text
    for personal in ("an@firma", "Peeters", "0403", "4A:7F", "Vraag"):
        assert personal not in text
