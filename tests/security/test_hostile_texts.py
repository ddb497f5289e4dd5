"""What foreign texts go through, from end to end: twice the text takes twice the time."""

from collections.abc import Callable
from datetime import date
from functools import lru_cache

import pytest

from bot.details.answers import joins_earlier
from bot.details.choices import parse_brand
from bot.details.model import DETAILS, InvalidDetail
from bot.details.names import parse_marked_owner
from bot.details.parse import parse_detail
from bot.language.conversation import requested_language
from bot.language.identify import ForeignLanguageDetector, LanguageProfiles
from bot.language.neutral import telling_words
from bot.privacy import attachment_holds_secret, mask_secrets, promises_secret
from bot.privacy.attachments import text_of_html
from bot.privacy.personal import mask_personal
from bot.tickets.code import find_codes
from bot.tickets.reference import find_references
from bot.triage.decide import text_to_understand
from bot.triage.letter import without_notice
from bot.triage.mail import Mail
from bot.triage.newest import forwarded_text, newest_text
from bot.triage.passages import passages
from bot.triage.salutation import without_salutation
from bot.triage.secret_only import holds_only_a_secret, without_announced_secret
from bot.triage.signature import without_signature
from bot.understanding.error_codes import has_unknown_error_code
from bot.understanding.questions import split_questions
from bot.understanding.spelling import normalise
from bot.understanding.text import as_words, clean, fold, readable
from tests.security.hostile import MOST_GROWTH, growth

TODAY = date(2026, 11, 28)
TEXTS: dict[str, Callable[[int], str]] = {
    "one letter": lambda n: "a" * n,
    "blanks": lambda n: "x" + " " * (n - 2) + "y",
    "lines": lambda n: "x" + "\n" * (n - 2) + "y",
    "digits": lambda n: "0" * n,
    "digits apart": lambda n: "8 " * (n // 2),
    "dots": lambda n: "a." * (n // 2),
    "slashes": lambda n: "/" * (n - 1) + "x",
    "accents": lambda n: "a" + "\u0301\u0316" * (n // 2),
    "at signs": lambda n: "a@" * (n // 2),
    "half an address": lambda n: "a" * (n // 2) + "@" + "b" * (n // 2),
    "login words": lambda n: "wachtwoord " * (n // 11),
    "labels": lambda n: "afsluitdatum: " * (n // 14),
    "seams": lambda n: ", en " * (n // 5),
    "dates": lambda n: "31/12/2022, " * (n // 12),
    "numbers": lambda n: "0403.170.701 " * (n // 13),
    "number words": lambda n: "nul één zeven " * (n // 14),
    "months": lambda n: "1 sept vorig jaar, " * (n // 19),
    "spoken signs": lambda n: "a punt b at " * (n // 12),
    "titles": lambda n: "Mr Dr. " * (n // 7),
    "roles": lambda n: "x, (y) " * (n // 7),
    "quotes": lambda n: "> " * (n // 2),
    "quoted lines": lambda n: "> On 3 Nov An wrote:\n" * (n // 21),
    "header lines": lambda n: "From: a\nTo: b\n" * (n // 14),
    "cells": lambda n: "a\t" * (n // 2),
    "rows": lambda n: "nummer\tafsluitdatum\tmodel\n" + "1\t2\tmicro\ntaal: nl\n" * (n // 21),
    "tags": lambda n: "<a" * (n // 2),
    "comments": lambda n: "<!--x>" * (n // 6),
    "entities": lambda n: "&#" + "9" * (n - 2),
    "half a key": lambda n: "-----BEGIN PRIVATE KEY-----" * (n // 27),
    "cyrillic": lambda n: "ж" * n,
    "smileys": lambda n: "👍 " * (n // 2),
}


def _mail(text: str) -> Mail:
    return Mail("<1@x>", "an@x.be", "An Peeters", ("us@x.be",), text[:2000], None, {}, text)


def _parsed(text: str) -> None:
    for detail in DETAILS:
        try:
            parse_detail(detail, text, today=TODAY)
        except InvalidDetail:
            continue


def _marked(text: str) -> None:
    for parse in (parse_marked_owner, parse_brand):
        try:
            parse(text)
        except InvalidDetail:
            continue


@lru_cache(maxsize=1)
def _languages() -> tuple[LanguageProfiles, ForeignLanguageDetector]:
    texts = {"en": ["the grey screen"], "fr": ["un écran gris"], "nl": ["een grijs scherm"]}
    return LanguageProfiles.learn(texts), ForeignLanguageDetector()


def _language(text: str) -> None:
    profiles, foreign = _languages()
    profiles.probabilities(text)
    profiles.known_share(text)
    foreign.detect(text, known_share=0.0)


CHAT: dict[str, Callable[[str], object]] = {
    "clean": clean,
    "as_words": as_words,
    "readable": readable,
    "fold": fold,
    "normalise": normalise,
    "mask_secrets": mask_secrets,
    "mask_secrets, announced": lambda text: mask_secrets(text, announced=True),
    "promises_secret": promises_secret,
    "mask_personal": mask_personal,
    "split_questions": split_questions,
    "has_unknown_error_code": has_unknown_error_code,
    "joins_earlier": joins_earlier,
    "parse_detail": _parsed,
    "parse_marked_owner, parse_brand": _marked,
    "requested_language": requested_language,
    "telling_words": telling_words,
    "the language": _language,
    "find_references": find_references,
    "find_codes": find_codes,
}
MAIL: dict[str, Callable[[str], object]] = {
    "clean": clean,
    "mask_secrets": mask_secrets,
    "mask_personal": mask_personal,
    "split_questions": split_questions,
    "newest_text": lambda text: newest_text(text, "An Peeters"),
    "forwarded_text": forwarded_text,
    "without_signature": lambda text: without_signature(text.split("\n"), "An Peeters"),
    "without_salutation": without_salutation,
    "without_notice": without_notice,
    "passages": lambda text: list(passages(text)),
    "text_to_understand": lambda text: text_to_understand(_mail(text)),
    "without_announced_secret": lambda text: without_announced_secret(_mail(text)),
    "holds_only_a_secret": holds_only_a_secret,
    "text_of_html": text_of_html,
    "attachment_holds_secret": lambda text: attachment_holds_secret(
        text.encode(), "text/html", "utf-8"
    ),
}


@pytest.mark.parametrize("name", CHAT)
def test_a_chat_message_takes_time_by_its_length_alone(name: str) -> None:
    slow = {
        text: grown
        for text, make in TEXTS.items()
        if (grown := growth(CHAT[name], make, [1000, 2000, 4000])) > MOST_GROWTH
    }

    assert not slow


@pytest.mark.parametrize("name", MAIL)
def test_a_mail_takes_time_by_its_length_alone(name: str) -> None:
    slow = {
        text: grown
        for text, make in TEXTS.items()
        if (grown := growth(MAIL[name], make, [16_000, 32_000])) > MOST_GROWTH
    }

    assert not slow
