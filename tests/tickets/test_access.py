"""The rule of who may know of a ticket, every combination of it."""

from dataclasses import replace
from datetime import datetime, timezone
from itertools import product

import pytest

from bot.tickets.access import DESK, EMAIL, Asker, Owned, Proofs, Right, rights_of
from bot.tickets.model import CHANNELS, Draft, Ticket

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=timezone.utc)
DRAFT = Draft("opener", "web", "nl", [], "An Peeters", "An@Example.be", "4A:7F:02", "globalsign")
BY_CHAT = Owned(Ticket("CYB-2026-000123-7", "new", NOW, DRAFT))
BY_MAIL = Owned(
    Ticket("CYB-2026-000124-5", "new", NOW, replace(DRAFT, channel=EMAIL)), "bart@example.be"
)
ALL = Right.STATE | Right.ADD | Right.REFERENCE | Right.CODE
JOIN = Right.STATE | Right.ADD | Right.REFERENCE
TOLD = Right.STATE | Right.REFERENCE

ASKERS = [
    Asker(channel, conversation, sender, is_verified)
    for channel, conversation, sender, is_verified in product(
        (DESK, *CHANNELS),
        ("opener", "other", ""),
        ("an@example.be", "bart@example.be", "eve@example.be", ""),
        (True, False),
    )
]
PROOFS = [Proofs(code, address) for code, address in product((True, False), repeat=2)]


def expected(owned: Owned, asker: Asker, proofs: Proofs) -> Right:
    """The table of the module, row by row."""
    is_mail = asker.channel == EMAIL
    is_certificate = asker.sender == "an@example.be"
    is_opener = asker.sender != "" and asker.sender == owned.sender
    is_same_chat = (asker.channel, asker.conversation) == (owned.ticket.draft.channel, "opener")
    rows = [
        (asker.channel == DESK, JOIN),
        (not is_mail and is_same_chat, ALL),
        (proofs.has_code, ALL),
        (is_mail and is_opener and asker.is_verified, ALL),
        (is_mail and is_certificate and asker.is_verified, JOIN),
        (is_mail and (is_opener or is_certificate), TOLD),
        (not is_mail and proofs.has_address, Right.STATE),
    ]
    return next((right for applies, right in rows if applies), Right.NONE)


@pytest.mark.parametrize("owned", [BY_CHAT, BY_MAIL], ids=["by chat", "by mail"])
@pytest.mark.parametrize("proofs", PROOFS, ids=str)
def test_everybody_may_what_the_table_says(owned: Owned, proofs: Proofs) -> None:
    for asker in ASKERS:
        assert rights_of(owned, asker, proofs) == expected(owned, asker, proofs), asker


@pytest.mark.parametrize(
    ("asker", "proofs", "rights"),
    [
        (Asker("web", "opener"), Proofs(), ALL),
        (Asker("rest", "opener"), Proofs(), Right.NONE),
        (Asker("web", "other"), Proofs(), Right.NONE),
        (Asker("web", "other"), Proofs(has_code=True), ALL),
        (Asker("web", "other"), Proofs(has_address=True), Right.STATE),
        (Asker(EMAIL, "", "an@example.be", is_verified=True), Proofs(), JOIN),
        (Asker(EMAIL, "", "an@example.be"), Proofs(), TOLD),
        (Asker(EMAIL, "opener", "eve@example.be", is_verified=True), Proofs(), Right.NONE),
        (Asker(EMAIL, "", "eve@example.be"), Proofs(has_address=True), Right.NONE),
        (Asker(EMAIL, "", "eve@example.be"), Proofs(has_code=True), ALL),
        (Asker(DESK), Proofs(), JOIN),
    ],
)
def test_the_rows_of_the_table_in_plain_words(asker: Asker, proofs: Proofs, rights: Right) -> None:
    assert rights_of(BY_CHAT, asker, proofs) == rights


def test_a_chat_that_is_called_like_a_thread_owns_no_mails_ticket() -> None:
    thread = replace(BY_MAIL.ticket.draft, conversation="mail:abcdefgh")
    owned = replace(BY_MAIL, ticket=replace(BY_MAIL.ticket, draft=thread))

    assert rights_of(owned, Asker("rest", "mail:abcdefgh")) == Right.NONE
