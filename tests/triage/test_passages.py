"""A mail's text in passages."""

from bot.triage.passages import MOST_CHARS, passages


def test_a_short_mail_is_one_passage() -> None:
    text = "Beste\n\nGraag migratie.\n0403.170.701\n\nAn Peeters"

    (passage,) = passages(text)

    assert passage.strip() == text


def test_a_long_mail_is_cut_between_its_paragraphs_and_loses_nothing() -> None:
    paragraphs = [f"{number} " + "woord " * 60 for number in range(9)]

    found = list(passages("\n\n".join(paragraphs)))

    assert all(len(passage) <= MOST_CHARS + 2 for passage in found)
    assert "".join(p for p in found).split() == " ".join(paragraphs).split()


def test_a_paragraph_without_an_end_is_cut_all_the_same() -> None:
    found = list(passages("a" * 5000))

    assert max(len(passage) for passage in found) <= MOST_CHARS + 2
