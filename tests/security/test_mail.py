"""Mails that were made to harm: what they cost, whom they pass for, whom they hit."""

import base64
import time
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from sqlalchemy import update
from sqlalchemy.engine import Engine

from bot.delivery.outbox import Item
from bot.delivery.ticket import MAX_FILES_BYTES, addition_item, unpack
from bot.mailbox.keep import keep_mail, kept_words
from bot.storage import SqlKeptMails, SqlMailStore, open_database
from bot.storage.engine import writing
from bot.storage.tables import MAILS
from bot.tickets.model import Addition, Draft
from bot.triage.automatic import (
    Helpdesk,
    answer_address,
    dmarc,
    doubt_reason,
    needs_person,
    no_answer_reason,
    spam_reason,
)
from bot.triage.html import html_to_text
from bot.triage.mail import Mail, Quarantined
from bot.triage.quotas import Quotas, quota_reason
from bot.triage.read import read_mail
from bot.triage.records import ANSWERED, Settlement

NOW = datetime(2026, 11, 28, 10, 0, tzinfo=timezone.utc)
OURS = Helpdesk(frozenset({"helpdesk@nbb.be"}), "mx.nbb.be")
ME = b"me@evil.example"
_LARGE = b"From: a@b.be\r\nContent-Type: application/pdf\r\n\r\n"


def mail(sender: bytes = b"an@firma.example", *headers: bytes, body: bytes = b"hallo") -> Mail:
    head = [b"From: " + sender, b"To: helpdesk@nbb.be", b"Subject: x", *headers]
    return read_mail(b"\r\n".join([*head, b"", body]), html_to_text)


def told(result: str, host: str = "mx.nbb.be") -> bytes:
    return f"Authentication-Results: {host}; {result}".encode()


# Costs


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (b"Content-Type: text/plain" + b";" * 200_000, b"x"),
        (b'Content-Type: text/plain; a="' + b";" * 50_000, b"x"),
        (b"Content-Type: text/plain;\r\n a=" + b"\r\n ;" * 50_000, b"x"),
        (b"Content-Type: text/plain\r\nContent-Disposition: inline" + b";" * 200_000, b"x"),
        (b"\r\n".join(b"Cc: " + b"a," * 4900 for _ in range(900)), b"x"),
        (b"\r\n".join(b"Cc: " + b"(" * 900 for _ in range(900)), b"x"),
        (b"\r\n".join(b'Cc: "' + b'"' * 190 for _ in range(900)), b"x"),
        (b"\r\n".join(b"X-A: " + b"=?utf-8?q?a?= " * 20 for _ in range(900)), b"x"),
        (b"Content-Type: text/plain; charset=punycode", b"-" + b"aa" * 80_000),
        (b"X-A: b", b"\r\n" * 8_000_000),
        (b"Content-Type: multipart/mixed; boundary=x", b"--x\r\n\r\n" * 400_000),
        (b"Content-Type: multipart/mixed; boundary=x", b"--X \r\r" * 400_000),
    ],
    ids=lambda value: value[:40].decode(),
)
def test_a_hostile_outer_form_costs_no_more_than_its_size(headers: bytes, body: bytes) -> None:
    started = time.process_time()

    with suppress(Quarantined):
        mail(b"an@firma.example", headers, body=body)

    assert time.process_time() - started < 3


@pytest.mark.parametrize(
    "html",
    [
        "<table><tr>" + "<td>a" * 190_000,
        "<table>" + "<tr><td>a" * 100_000,
        "<table>" + ("<tr>" + "<td>a" * 400) * 450,
        "<table><tr><td>" * 60_000,
        "<table><tr><td>" * 50 + "x<br>" * 50_000,
        "<table><tr><td>" + "a<br>" * 60_000 + "<td>b" * 2_900,
        "<div>" * 190_000,
        "<blockquote>" * 80_000 + "x",
        "<b>" * 300_000,
        "<" * 500_000,
        "<style>" * 70_000,
    ],
    ids=lambda html: html[:24],
)
def test_hostile_html_costs_seconds_at_most_and_keeps_its_words(html: str) -> None:
    started = time.process_time()

    found = mail(b"a@b.be", b"Content-Type: text/html", body=f"<p>grijs scherm</p>{html}".encode())

    assert time.process_time() - started < 8
    assert "grijs scherm" in found.text


def test_ordinary_tables_keep_their_layout() -> None:
    rows = "<tr><td>Ondernemingsnummer</td><td>0403.170.701</td></tr>" * 300

    found = mail(b"a@b.be", b"Content-Type: text/html", body=f"<table>{rows}</table>".encode())

    assert found.text.count("Ondernemingsnummer  0403.170.701") == 300


def test_a_long_mail_is_cut_and_says_so() -> None:
    assert not mail(body=b"woord " * 8_000).is_cut
    assert mail(body=b"woord " * 9_000).is_cut


# Whom a mail is from


@pytest.mark.parametrize(
    "sender",
    [
        b"=?utf-8?q?victim=40firm.be?= <" + ME + b">",
        b"=?utf-8?q?victim=40firm.be=2C?= <" + ME + b">",
        b"=?utf-8?q?=3Cvictim=40firm=2Ebe=3E=2C?= <" + ME + b">",
        b"=?utf-8?q?x=22_=3Cvictim=40firm=2Ebe=3E=2C_=22?= <" + ME + b">",
        b"=?utf-8?b?dmljdGltQGZpcm0uYmU=?= <" + ME + b">",
        b"victim@firm.be, " + ME,
        b"victim@firm.be <" + ME + b">",
        b"victim@firm.be(<" + ME + b">",
        b"victim@firm.be <" + ME + b"> <b@c.be>",
        b"<=?utf-8?q?victim=40firm.be?=>",
        b"friends: victim@firm.be, " + ME + b";",
        ME + b"\x00 <victim@firm.be>",
        b'"victim"@firm.be',
        b"victim@firm.be\r\nFrom: " + ME,
        "víctim@firm.be".encode(),
        b"x" * 3000 + b" <victim@firm.be>",
    ],
)
def test_a_sender_who_may_be_another_is_nobody(sender: bytes) -> None:
    found = mail(sender, b"Return-Path: <" + ME + b">")

    assert found.sender == ""
    assert found.doubt in {"several_senders", "unclear_sender"}
    assert no_answer_reason(found, OURS) == found.doubt


@pytest.mark.parametrize(
    ("sender", "address", "name"),
    [
        (b"An Peeters <An@Firma.example>", "an@firma.example", "An Peeters"),
        (b'"Peeters, An" <an@firma.example>', "an@firma.example", "Peeters, An"),
        (b"Peeters, An <an@firma.example>", "an@firma.example", "An"),
        (b"an@firma.example (An Peeters)", "an@firma.example", "An Peeters"),
        (b"an@firma.example <an@firma.example>", "an@firma.example", "an@firma.example"),
        (b'"info@firma.example" <an@firma.example>', "an@firma.example", "info@firma.example"),
        (b"=?utf-8?q?Ren=C3=A9e?= <renee@firma.example>", "renee@firma.example", "Renée"),
        (b"=?utf-8?q?an=40firma.example?= <an@firma.example>", "an@firma.example", None),
        ("Renée <renee@firma.example>".encode("latin-1"), "renee@firma.example", "Renée"),
        (b"<an.o'neil+x@mail.firma.example>", "an.o'neil+x@mail.firma.example", ""),
    ],
)
def test_a_sender_as_people_write_it_is_read(sender: bytes, address: str, name: str | None) -> None:
    found = mail(sender)

    assert (found.sender, found.doubt) == (address, "")
    assert name is None or found.sender_name == name


@pytest.mark.parametrize("host", ["mx.nbb.be", "MX.nbb.be"])
@pytest.mark.parametrize(
    "header",
    [
        b"mx.nbb.be; dmarc=fail",
        b"mx.nbb.be 1; dmarc=fail",
        b"MX.NBB.BE; DMARC=Fail",
        b"mx.nbb.be; dkim=none; dmarc=fail (p=none)",
        b"mx.nbb.be; dmarc/1 = fail header.from=firma.example",
        b"(of our own) mx.nbb.be (mail) 1 ; spf=pass ; dmarc=fail",
    ],
)
def test_a_failed_check_of_our_server_is_seen(header: bytes, host: str) -> None:
    found = mail(b"a@firma.example", b"Authentication-Results: " + header)

    assert spam_reason(found, host) == "dmarc_fail"


@pytest.mark.parametrize(
    ("headers", "verdict"),
    [
        ([told("dmarc=pass header.from=firma.example")], "pass"),
        ([told("dmarc=pass")], "pass"),
        ([told("dmarc=pass header.from=evil.example")], "other"),
        ([told("dmarc=none")], "none"),
        ([told("dmarc=pass", "mx.evil.example")], ""),
        ([told('spf=pass smtp.mailfrom="x; dmarc=pass"@evil.example')], ""),
        ([told("spf=pass (x; dmarc=pass) smtp.mailfrom=y")], ""),
        ([told("spf=pass smtp.mailfrom==?utf-8?q?=3B_dmarc=3Dpass?=")], ""),
        ([told("dmarc=none"), told("dmarc=pass")], "none"),
        ([told("dmarc=pass"), told("dmarc=fail")], "fail"),
    ],
)
def test_only_our_servers_own_words_are_its_verdict(headers: list[bytes], verdict: str) -> None:
    assert dmarc(mail(b"an@firma.example", *headers), "mx.nbb.be") == verdict


def test_where_dmarc_is_required_a_sender_without_it_is_unknown() -> None:
    strict = Helpdesk(OURS.own_addresses, "mx.nbb.be", requires_dmarc=True)

    assert doubt_reason(mail(), strict) == "dmarc_none"
    assert doubt_reason(mail(b"an@firma.example", told("dmarc=none")), strict) == "dmarc_none"
    assert doubt_reason(mail(b"an@firma.example", told("dmarc=pass")), strict) == ""
    assert doubt_reason(mail(), OURS) == ""


# Whom an answer hits


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (b"Reply-To: noreply@firma.example", "machine_reply_to"),
        (b"Reply-To: An <an@firma.example>, mailer-daemon@firma.example", "machine_reply_to"),
        (b"Reply-To: Helpdesk@NBB.be", "own_reply_to"),
        (b"Return-Path: <postmaster@firma.example>", "machine_return_path"),
        (b"Return-Path: <helpdesk@nbb.be>", "own_return_path"),
        (b"Return-Path: <bounces+an=nbb.be@mail.example>", ""),
    ],
)
def test_nobody_answers_a_machine_or_himself(header: bytes, reason: str) -> None:
    assert no_answer_reason(mail(b"an@firma.example", header), OURS) == reason


@pytest.mark.parametrize(
    ("headers", "needs"),
    [
        ([b"Reply-To: victim@third.example"], True),
        ([b"Return-Path: <victim@third.example>"], True),
        ([b"Reply-To: victim@third.example", told("dmarc=none")], True),
        ([b"Reply-To: victim@third.example", told("dmarc=pass header.from=third.example")], True),
        ([b"Reply-To: victim@third.example", told("dmarc=pass")], False),
        ([b"Reply-To: ann@firma.example"], False),
        ([b"Return-Path: <an@mail.firma.example>"], False),
        ([b"Return-Path: <a,b@third.example>"], False),
        ([], False),
    ],
)
def test_an_answer_to_another_domain_is_for_people_to_send(
    headers: list[bytes], needs: bool
) -> None:
    found = mail(b"an@firma.example", *headers)

    assert needs_person(found, answer_address(found), OURS) is needs


@pytest.fixture
def engine(database_url: str) -> Engine:
    return open_database(database_url)


def answer(store: SqlMailStore, uid: int, sender: str, recipient: str, **more: object) -> None:
    store.register(1, [uid], NOW)
    [(mail_id, _)] = store.undecided(1)
    with store.settling(mail_id, NOW) as work:
        assert work
        known = {"sender": sender, "answer_to": recipient, "answer_id": f"<{uid}@nbb.be>"}
        work.settle(Settlement(ANSWERED, "question", **{**known, **more}))  # type: ignore[arg-type]


def reason_for(store: SqlMailStore, sender: str, recipient: str, quotas: Quotas) -> str:
    store.register(1, [999], NOW)
    [(mail_id, _)] = store.undecided(1)
    with store.settling(mail_id, NOW + timedelta(minutes=5)) as work:
        assert work
        so_far = work.answers_so_far(sender, recipient, 0, "same")
        return quota_reason(so_far, quotas, recipient)


@pytest.mark.parametrize(
    ("recipient", "reason"),
    [
        ("victim@third.example", "quota_recipient"),
        ("other@third.example", "quota_domain"),
        ("other@fourth.example", ""),
    ],
)
def test_answers_are_counted_by_whom_they_hit(engine: Engine, recipient: str, reason: str) -> None:
    store = SqlMailStore(engine, "desk")
    for n in range(4):
        answer(store, n + 1, f"x{n}@evil.example", "victim@third.example")

    quotas = Quotas(per_domain_hour=4)

    assert reason_for(store, "new@evil.example", recipient, quotas) == reason


def test_providers_of_free_mailboxes_are_no_domain_of_one(engine: Engine) -> None:
    store = SqlMailStore(engine, "desk")
    for n in range(5):
        answer(store, n + 1, f"x{n}@gmail.com", f"x{n}@gmail.com")

    assert reason_for(store, "an@gmail.com", "an@gmail.com", Quotas(per_domain_hour=4)) == ""


@pytest.mark.parametrize("is_bounce", [False, True])
def test_a_repeated_text_and_a_bounce_count_for_whom_they_reached(
    engine: Engine, is_bounce: bool
) -> None:
    store = SqlMailStore(engine, "desk")
    text = "other" if is_bounce else "same"
    answer(store, 1, "x1@evil.example", "victim@third.example", answer_hash=text)
    if is_bounce:
        store.note_bounce(["<1@nbb.be>"])

    reason = reason_for(store, "x2@evil.example", "victim@third.example", Quotas())

    assert reason == ("bounced_before" if is_bounce else "same_answer_before")


def test_invented_senders_leave_a_share_for_people_who_are_known(engine: Engine) -> None:
    store = SqlMailStore(engine, "desk")
    answer(store, 1, "an@firma.example", "an@firma.example")
    with writing(engine) as connection:
        connection.execute(update(MAILS).values(decided_at=datetime(2026, 11, 20, 10, 0)))
    for n in range(6):
        answer(store, n + 2, f"x{n}@evil{n}.example", f"x{n}@evil{n}.example")

    quotas = Quotas(per_hour=8)

    assert reason_for(store, "y@new.example", "y@new.example", quotas) == "quota_hour"
    assert reason_for(store, "an@firma.example", "an@firma.example", quotas) == ""


# How much is kept


async def test_a_delivery_reads_no_more_mails_than_go_along(engine: Engine) -> None:
    store = SqlMailStore(engine, "desk", [])
    size = MAX_FILES_BYTES // 4 + 1
    content = keep_mail(mail(), _LARGE + b"x" * size, "nl")[0]
    filings = [
        {
            "enterprise_number": "0403170701",
            "closing_date": "2022-12-31",
            "filing_model": "full",
            "deposit_type": "initial",
            "filing_language": "nl",
        }
    ]
    draft = Draft("mail:t", "email", "nl", filings, "An", "a@b.be", "4A", "globalsign")
    with writing(engine) as connection:
        connection.exec_driver_sql(
            "INSERT INTO mail_threads (id, name, sender, language, request, created_at) "
            "VALUES (1, 't', 'a@b.be', 'nl', '{}', '2026-11-28 10:00:00')"
        )
    for uid in range(1, 7):
        more = {"thread_id": 1, "text": "hallo", "raw": content, "kept_bytes": size}
        answer(store, uid, "a@b.be", "a@b.be", **more)
    with store.settling(_next(store), NOW) as work:
        assert work
        ticket = work.open_ticket(draft)
    kept, read = SqlKeptMails(engine), []

    async def said(conversation: str) -> list[object]:
        lines = kept.of_thread(conversation.removeprefix("mail:"))
        read.extend(line for line in lines if line.file)
        return list(lines)

    item: Item = addition_item(ticket, Addition("x", "mail:t"), 1, "webhook")
    package = await unpack(item, said)  # type: ignore[arg-type]

    fitting, left = package.files(MAX_FILES_BYTES)
    assert read == [], "the page of a ticket needs the texts only"
    assert [len(fitting), len(left)] == [3, 3]
    assert all(not file.content and file.size_bytes == size for file in left)


def _next(store: SqlMailStore) -> int:
    store.register(1, [77], NOW)
    return store.undecided(1)[0][0]


@pytest.mark.parametrize("encoding", ["base64", "quoted-printable"])
def test_what_is_kept_can_be_searched_for_a_person(encoding: str) -> None:
    message = EmailMessage(policy=SMTP)
    message["From"] = "a@b.be"
    message["Subject"] = "Dossier van Renée"
    message.set_content("zie bijlage")
    message.add_attachment(
        "Françoise Dûpont".encode("utf-16"), maintype="text", subtype="plain", filename="é.txt",
        cte=encoding, params={"charset": "utf-16"},
    )  # fmt: skip
    raw = message.as_bytes()

    words = "\n".join(kept_words(keep_mail(read_mail(raw, html_to_text), raw, "fr")[0]))

    for word in ("Dossier van Renée", "Françoise Dûpont", "é.txt", "zie bijlage"):
        assert word in words
    assert base64.b64encode(b"zie") not in words.encode()


def test_the_number_of_a_mail_is_never_given_again(engine: Engine) -> None:
    store = SqlMailStore(engine, "desk")
    store.register(1, [1], NOW)
    [(first, _)] = store.undecided(1)
    with writing(engine) as connection:
        connection.execute(MAILS.delete())
    store.register(1, [2], NOW)

    assert store.undecided(1)[0][0] > first
