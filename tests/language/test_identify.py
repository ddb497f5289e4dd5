"""Learnt profiles tell our languages apart; the detector recognises the others."""

import io

import numpy as np
import pytest

from bot.language import LANGUAGES
from bot.language.identify import (
    ForeignLanguageDetector,
    LanguageProfiles,
    confidence,
)
from bot.language.words import words_of

TEXTS = {
    "en": [
        "I cannot log in with my certificate",
        "my screen stays grey after the update",
        "where can I find the forms of my company",
        "how do I file the annual accounts",
    ],
    "fr": [
        "je ne peux pas me connecter avec mon certificat",
        "mon écran reste gris après la mise à jour",
        "où puis-je trouver les formulaires de ma société",
        "comment déposer les comptes annuels",
    ],
    "nl": [
        "ik kan niet inloggen met mijn certificaat",
        "mijn scherm blijft grijs na de update",
        "waar vind ik de formulieren van mijn onderneming",
        "hoe leg ik de jaarrekening neer",
    ],
}


@pytest.fixture(scope="module")
def profiles() -> LanguageProfiles:
    return LanguageProfiles.learn(TEXTS)


@pytest.fixture(scope="module")
def detector() -> ForeignLanguageDetector:
    return ForeignLanguageDetector()


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("why is the screen of my company grey", "en"),
        ("pourquoi mon certificat ne marche pas", "fr"),
        ("waarom is mijn scherm niet grijs", "nl"),
        ("WAAR VIND IK MIJN CERTIFICAAT", "nl"),
    ],
)
def test_a_new_sentence_is_given_to_its_language(
    profiles: LanguageProfiles, text: str, language: str
) -> None:
    best, probability = confidence(profiles.probabilities(text))

    assert best == language
    assert probability > 0.9


@pytest.mark.parametrize(
    "text", ["scherm", "mon écran reste gris", "an@example.be", "", "word " * 2000]
)
def test_probabilities_add_up_to_one(profiles: LanguageProfiles, text: str) -> None:
    shares = profiles.probabilities(text)

    assert tuple(shares) == LANGUAGES
    assert sum(shares.values()) == pytest.approx(1)


@pytest.mark.parametrize("text", ["", "0403.170.701", "👍"])
def test_a_text_without_a_telling_word_leaves_all_languages_equal(
    profiles: LanguageProfiles, text: str
) -> None:
    assert set(profiles.probabilities(text).values()) == {1 / len(LANGUAGES)}


def test_profiles_survive_being_saved_without_pickle(profiles: LanguageProfiles) -> None:
    archive = io.BytesIO()
    np.savez(archive, **profiles.to_arrays())
    archive.seek(0)

    restored = LanguageProfiles.from_arrays(np.load(archive, allow_pickle=False))

    text = "waar is mijn écran"
    assert restored.probabilities(text) == profiles.probabilities(text)
    assert restored.known_share(text) == profiles.known_share(text)


def test_the_known_share_counts_words_seen_more_than_once_in_training(
    profiles: LanguageProfiles,
) -> None:
    assert profiles.known_share("mijn certificaat") == 0.5
    assert profiles.known_share("0403.170.701") == 1.0
    assert profiles.known_share("Zertifikat funktioniert") == 0.0


def test_words_leave_out_digits_addresses_and_hosts() -> None:
    text = "Mail an@example.be over M02-f op filing.cbso.nbb.be, d’accord?"

    assert words_of(text) == ["mail", "over", "op", "d'accord"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Guten Tag, ich kann mich nicht anmelden", "de"),
        ("Mein Zertifikat funktioniert nicht", "de"),
        ("Hola, no puedo entrar en mi cuenta", "es"),
        ("Buongiorno, non riesco ad accedere", "it"),
        ("Привет", "ru"),
        ("你好", "zh"),
    ],
)
def test_a_language_that_we_do_not_speak_is_named(
    detector: ForeignLanguageDetector, text: str, code: str
) -> None:
    assert detector.detect(text, known_share=0.0) == code


@pytest.mark.parametrize(
    "text",
    [
        "I cannot log in with my certificate",
        "Je n'arrive pas à me connecter",
        "Ik kan mijn jaarrekening niet neerleggen",
        "Guten Tag",
        "0403.170.701",
        "👍👍👍",
        "",
    ],
)
def test_our_languages_and_what_is_too_short_to_tell_are_not_foreign(
    detector: ForeignLanguageDetector, text: str
) -> None:
    assert detector.detect(text, known_share=0.0) is None


def test_words_of_our_own_training_messages_are_not_foreign(
    detector: ForeignLanguageDetector,
) -> None:
    assert detector.detect("Mein Zertifikat funktioniert nicht", known_share=0.6) is None


def test_the_detector_answers_alike_every_time(detector: ForeignLanguageDetector) -> None:
    text = "Ich habe ein Problem mit meinem Zertifikat"

    assert {detector.detect(text, known_share=0.0) for _ in range(5)} == {"de"}
