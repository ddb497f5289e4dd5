"""Marks by which a thread is found again, and that nobody else can make."""

from bot.triage.mail import Mail
from bot.triage.threads import ThreadMarks, without_tag

MARKS = ThreadMarks(b"k" * 32, "balans.example")


def mail(subject: str = "", **headers: str) -> Mail:
    values = {name.replace("_", "-"): [value] for name, value in headers.items()}
    return Mail("<x@y>", "an@x.example", "An", (), subject, None, values, "")


def test_a_thread_is_found_by_message_id_reference_and_subject() -> None:
    thread = MARKS.new_name()
    own = MARKS.message_id(thread)

    assert MARKS.threads_of(mail(in_reply_to=own)) == [thread]
    assert MARKS.threads_of(mail(references=f"<a@b> {own} <c@d>")) == [thread]
    assert MARKS.threads_of(mail(f"RE: hulp {MARKS.tag(thread).upper()}")) == [thread]


def test_the_newest_reference_comes_first() -> None:
    older, newer = MARKS.message_id("aaaaaaaa"), MARKS.message_id("bbbbbbbb")

    found = MARKS.threads_of(mail(references=f"{older} {newer}"))

    assert found == ["bbbbbbbb", "aaaaaaaa"]


def test_a_mark_of_another_key_finds_nothing() -> None:
    other = ThreadMarks(b"o" * 32, "balans.example")

    assert MARKS.threads_of(mail(other.tag("aaaaaaaa"), references=other.message_id("b" * 8))) == []


def test_a_changed_mark_finds_nothing() -> None:
    own = MARKS.message_id("aaaaaaaa")

    assert MARKS.threads_of(mail(references=own.replace("aaaaaaaa", "aaaaaaab"))) == []
    assert MARKS.threads_of(mail(MARKS.tag("aaaaaaaa").replace("aaaaaaaa", "aaaaaaab"))) == []


def test_two_answers_of_a_thread_have_two_message_ids() -> None:
    assert MARKS.message_id("aaaaaaaa") != MARKS.message_id("aaaaaaaa")


def test_a_subject_without_its_tag() -> None:
    assert without_tag(f"Vraag {MARKS.tag('aaaaaaaa')} dringend") == "Vraag dringend"
