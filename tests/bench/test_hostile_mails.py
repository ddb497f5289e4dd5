"""The hostile mails are many, fair to every kind, and the same ones each time."""

import hashlib
import random
from itertools import islice

import pytest
from stdnum.be import vat

from bench.hostile.kinds import Attempt, Kind
from bench.hostile.mail_deceit import number_of_a_firm
from bench.hostile.mails import KINDS, write_mail, write_mails
from bot.triage.records import OUTCOMES

QUADRATIC = KINDS[0]
every_kind = pytest.mark.parametrize("kind", KINDS, ids=[kind.name for kind in KINDS])


def test_there_are_hundreds_of_hostile_mails_of_kinds_with_names_of_their_own() -> None:
    names = [kind.name for kind in KINDS]

    number = sum(kind.number for kind in KINDS)

    assert number >= 200
    assert len(set(names)) == len(names)


@every_kind
def test_a_hostile_mail_is_the_same_for_the_same_seed(kind: Kind) -> None:
    first = [
        hashlib.sha256(write_mail(kind, n, 1).raw).digest() for n in range(min(kind.number, 4))
    ]

    again = [
        hashlib.sha256(write_mail(kind, n, 1).raw).digest() for n in range(min(kind.number, 4))
    ]

    assert again == first


@every_kind
def test_each_kind_says_what_may_become_of_its_mails(kind: Kind) -> None:
    assert kind.number > 0
    assert kind.allowed
    assert kind.allowed <= set(OUTCOMES)


def test_a_short_run_sees_every_kind_once_before_it_sees_one_twice() -> None:
    light = [kind.name for kind in KINDS if kind.name not in {"oversize", "near_the_limit"}]

    mails = islice(write_mails(1, without={"oversize", "near_the_limit"}), len(light))

    assert sorted(mail.kind.name for mail in mails) == sorted(light)


def test_the_first_mail_of_a_kind_is_the_worst() -> None:
    sizes = [len(write_mail(QUADRATIC, number, 1).raw) for number in range(QUADRATIC.number)]

    assert sizes[0] > 1_000_000
    assert sizes == sorted(sizes, reverse=True)


def test_the_firms_of_the_requests_have_right_check_digits() -> None:
    numbers = [number_of_a_firm(number) for number in range(100)]

    assert all(vat.is_valid(number) for number in numbers)
    assert len(set(numbers)) == len(numbers)


def test_an_attempt_depends_on_nothing_but_its_kind_number_and_seed() -> None:
    one = Attempt("kind", 3, random.Random(1))

    assert one.sender == "kind.3@evil3.example"
    assert one.size(1_000_000) == 37_037
