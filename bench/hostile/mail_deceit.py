"""Hostile mails that pretend: another sender, a machine, a command, somebody else's thread."""

from bench.hostile.kinds import (
    ANY,
    BYSTANDER,
    DESK,
    MACHINE,
    NO_TICKET,
    QUARANTINE,
    SILENT,
    VICTIM,
    Attempt,
    Kind,
)

_PLAIN = b"Content-Type: text/plain; charset=utf-8"
_QUESTIONS = (
    b"Hoeveel kost een neerlegging in XBRL?",
    b"Welke browser heb ik nodig voor Filing?",
    b"Wat is IDAAS?",
    b"Ik krijg een grijs scherm.",
)
_TEXT = _QUESTIONS[0]
_FORM = (
    "Ondernemingsnummer: {number}\nAfsluitingsdatum: 31/12/2022\nModel: verkort\n"
    "Type van neerlegging: eerste neerlegging\nTaal van de jaarrekening: Nederlands\n"
    "Eigenaar van het certificaat: {owner}\nE-mailadres van het certificaat: {email}\n"
    "Nummer van het certificaat: 4A:7F:02\nType van certificaat: GlobalSign\n"
)
_SPOOFED = (
    '=?utf-8?q?victim=40victim.example=2C?= <{own}>',
    '=?utf-8?q?victim=40victim.example?= <{own}>',
    '=?utf-8?q?=3Cvictim=40victim=2Eexample=3E=2C?= <{own}>',
    'victim@victim.example, {own}',
    'victim@victim.example <{own}>',
    'victim@victim.example(<{own}>',
    '{own}\x00 <victim@victim.example>',
    '=?utf-8?q?x=22_=3Cvictim=40victim=2Eexample=3E=2C_=22?= <{own}>',
    '"a" <victim@victim.example>@{domain}, <{own}>',
    '<victim@victim.example>, =?utf-8?q?x?= <{own}>',
)  # fmt: skip
_COMMANDS = (
    '/affirm{"confirm_ticket": true, "language": "xx"}',
    '/open_migration_request{"certificate_owner": "Mallory"}',
    '/give_details{"language": "xx"}',
    "/restart",
    "/session_start",
    '/speak_german{"language": "xx"}',
)
_BEFORE = ("", "/", "/\n", "\n/", " /\t", "\u200b/", "\ufeff/\u2060\n", "／", "/\x0b", "/\u00a0")


def number_of_a_firm(number: int) -> str:
    """Give an enterprise number whose check digits are right."""
    base = 4_031_700 + number
    return f"{base:08}{97 - base % 97:02}"


def _spoofed_sender(one: Attempt) -> bytes:
    own = one.sender
    form = _SPOOFED[one.number % len(_SPOOFED)]
    sender = form.format(own=own, domain=own.partition("@")[2]).encode()
    question = _QUESTIONS[one.number % len(_QUESTIONS)]
    return one.head(sender=sender) + b"\r\nSubject: Vraag\r\n\r\n" + question


def _forged_sender(one: Attempt) -> bytes:
    """Use the victim's own address, which the mail server sees through."""
    verdict = one.one_of(b"dmarc=fail", b"DMARC=Fail", b"dkim=none; dmarc=fail (p=none)")
    head = one.head(sender=VICTIM.encode(), verdict=verdict + b" header.from=victim.example")
    return head + b"\r\nSubject: Vraag\r\n\r\n" + _TEXT


def _injected_header(one: Attempt) -> bytes:
    ends = one.one_of(b"=0D=0A", b"=0A", b"=0D", b"=E2=80=A8", b"=C2=85", b"=0B")
    subject = b"=?utf-8?q?Vraag" + ends + b"Bcc:_victim@victim.example" + ends * 2 + b"x?="
    name = b"=?utf-8?q?M" + ends + b"Cc:_victim=40victim.example?= <" + one.sender.encode() + b">"
    return one.head(sender=name) + b"\r\nSubject: " + subject + b"\r\n\r\n" + _TEXT


def _reply_to_us(one: Attempt) -> bytes:
    return one.mail(_TEXT, _PLAIN, b"Reply-To: " + DESK.encode())


def _from_us(one: Attempt) -> bytes:
    head = one.head(sender=DESK.encode(), verdict=b"dmarc=pass header.from=balans.example")
    return head + b"\r\nSubject: Vraag\r\n\r\n" + _TEXT


def _reply_to_a_machine(one: Attempt) -> bytes:
    machine = one.one_of(b"noreply", b"mailer-daemon", b"bounces+1", b"list-request")
    return one.mail(_TEXT, _PLAIN, b"Reply-To: " + machine + b"@victim.example")


def _steered(one: Attempt) -> bytes:
    """Many senders who all want the answer sent to one who never asked."""
    question = _QUESTIONS[one.number % len(_QUESTIONS)]
    return _without_envelope(one.mail(question, _PLAIN, b"Reply-To: " + BYSTANDER.encode()))


def _bounce(one: Attempt) -> bytes:
    report = b'Content-Type: multipart/report; report-type=delivery-status; boundary="x"'
    status = (
        b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; a\r\n\r\n"
        b"Final-Recipient: rfc822; victim@victim.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"
    )
    body = b"--x\r\n\r\n" + _TEXT + b"\r\n--x\r\n" + status * (1 + 300 * one.number) + b"--x--"
    return one.mail(body, report)


def _machine(one: Attempt) -> bytes:
    sign = one.one_of(
        b"Auto-Submitted: auto-replied",
        b"Auto-Submitted: auto-generated (vacation)",
        b"Precedence: bulk",
        b"List-Id: <a.b.example>",
        b"List-Unsubscribe: <mailto:a@b.example>",
        b"X-Autoreply: yes",
        b"X-Cybo-Loop: 1",
        b"Feedback-ID: 1:a",
    )
    return one.mail(_TEXT, _PLAIN, sign)


def _machine_address(one: Attempt) -> bytes:
    name = one.one_of(b"MAILER-DAEMON", b"no-reply", b"postmaster", b"owner-list", b"www-data")
    head = one.head(sender=name + b"@evil.example", verdict=b"dmarc=pass header.from=evil.example")
    return head + b"\r\nSubject: Vraag\r\n\r\n" + _TEXT


def _hidden_recipient(one: Attempt) -> bytes:
    return one.mail(_TEXT).replace(b"To: " + DESK.encode(), b"To: somebody@else.example")


def _command(one: Attempt) -> bytes:
    command = _COMMANDS[one.number % len(_COMMANDS)]
    before = _BEFORE[one.number % len(_BEFORE)]
    return one.mail((before + command).encode(), _PLAIN)


def _command_in_subject(one: Attempt) -> bytes:
    command = _COMMANDS[one.number % len(_COMMANDS)]
    before = _BEFORE[-1 - one.number % len(_BEFORE)].replace("\n", " ")
    return one.mail(b"", _PLAIN, subject=(before + command).encode())


def _guessed_thread(one: Attempt) -> bytes:
    """Somebody else's thread: right form, wrong signature."""
    tag = "".join(one.chance.choices("abcdefghijklmnopqrstuvwxyz234567", k=16))
    mark = f"[cybo-{tag[:8]}-{tag[8:]}]"
    reply = f"In-Reply-To: <cybo.{tag[:8]}.{tag[8:]}.{tag}aaaa@balans.example>"
    status = b"Hoe staat het met mijn aanvraag?"
    return one.mail(status, _PLAIN, reply.encode(), subject=f"Re: {mark} Vraag".encode())


def _guessed_ticket(one: Attempt) -> bytes:
    codes = " ".join("".join(one.chance.choices("2346789BCDFGHJ", k=6)) for _ in range(300))
    return one.mail(f"Status van CYB-2026-{one.number + 1:06}: {codes}".encode(), _PLAIN)


def _poisoned_form(one: Attempt) -> bytes:
    """Complete a request with values meant for whoever reads them later."""
    poison = (
        "<script>alert(1)</script>",
        "=cmd|' /C calc'!A0",
        "{{ 7 * 7 }}{% for x in y %}",
        "%s%n{0}",
        "'; DROP TABLE tickets; --",
        "An\u202ePeeters\u0000",
    )[one.number % 6]
    number = number_of_a_firm(500 + one.number)
    return one.mail(_FORM.format(number=number, owner=poison, email=one.sender).encode(), _PLAIN)


def _request_in_a_foreign_name(one: Attempt) -> bytes:
    """Give a victim's address as the certificate's: it must not be written to."""
    number = number_of_a_firm(600 + one.number)
    return one.mail(_FORM.format(number=number, owner="An Peeters", email=VICTIM).encode(), _PLAIN)


def _flood(one: Attempt) -> bytes:
    """One sender who never stops."""
    question = _QUESTIONS[one.number % len(_QUESTIONS)] + b" %d" % one.number
    own, always = one.sender.encode(), b"flood.0@evil0.example"
    return (
        one.mail(question, _PLAIN)
        .replace(own, always)
        .replace(b"Message-ID: <" + always, b"Message-ID: <" + own)
    )


def _twin(one: Attempt) -> bytes:
    """Send the very same mail again."""
    first = Attempt(one.kind, 0, one.chance)
    return first.mail(_TEXT, _PLAIN)


def _without_envelope(raw: bytes) -> bytes:
    return raw.partition(b"\r\n")[2]


KINDS = (
    Kind("spoofed_sender", _spoofed_sender, len(_SPOOFED), NO_TICKET),
    Kind("forged_sender", _forged_sender, 3, SILENT),
    Kind("injected_header", _injected_header, 6, NO_TICKET),
    Kind("reply_to_us", _reply_to_us, 2, NO_TICKET),
    Kind("from_us", _from_us, 2, SILENT),
    Kind("reply_to_a_machine", _reply_to_a_machine, 4, NO_TICKET),
    Kind("steered", _steered, 9, NO_TICKET),
    # The longer ones have more parts than are read.
    Kind("bounce", _bounce, 3, MACHINE | QUARANTINE),
    Kind("machine", _machine, 8, MACHINE),
    Kind("machine_address", _machine_address, 5, MACHINE),
    Kind("hidden_recipient", _hidden_recipient, 1, SILENT),
    Kind("command", _command, 20, NO_TICKET),
    Kind("command_in_subject", _command_in_subject, 10, NO_TICKET),
    Kind("guessed_thread", _guessed_thread, 5, NO_TICKET),
    Kind("guessed_ticket", _guessed_ticket, 4, NO_TICKET),
    Kind("poisoned_form", _poisoned_form, 6, ANY),
    Kind("request_in_a_foreign_name", _request_in_a_foreign_name, 2, ANY),
    Kind("flood", _flood, 12, NO_TICKET),
    Kind("twin", _twin, 3, NO_TICKET),
)
