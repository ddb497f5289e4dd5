"""Quotes, signatures and disclaimers go, what was written stays."""

import time

import pytest

from bot.triage.newest import forwarded_text, newest_text

TEXT = "Het model is micro.\n\nDe taal is Nederlands."
OLD = "> Beste,\n> welk model?\n"

QUOTES = {
    "gmail nl": f"Op di 3 nov. 2026 om 10:12 schreef Desk <d@x.be>:\n{OLD}",
    "gmail fr": f"Le mar. 3 nov. 2026 à 10:12, Desk <d@x.be> a écrit :\n{OLD}",
    "gmail en": f"On Tue, 3 Nov 2026 at 10:12, Desk <d@x.be> wrote:\n{OLD}",
    "gmail de": f"Am Di., 3. Nov. 2026 um 10:12 Uhr schrieb Desk <d@x.be>:\n{OLD}",
    "gmail broken over lines": f"Le mar. 3 nov. 2026 à 10:12, Desk\n<d@x.be> a\nécrit :\n{OLD}",
    "thunderbird nl": f"Op 3-11-2026 om 10:12 schreef Desk:\n{OLD}",
    "thunderbird fr": f"Le 03/11/2026 à 10:12, Desk a écrit :\n{OLD}",
    "iphone nl": f"Op 3 nov 2026 om 10:12 heeft Desk <d@x.be> het volgende geschreven:\n{OLD}",
    "apple mail en": f"> On 3 Nov 2026, at 10:12, Desk <d@x.be> wrote:\n{OLD}",
    "outlook nl": "Van: Desk <d@x.be>\nVerzonden: dinsdag 3 november 2026\nAan: An\n"
    "Onderwerp: RE: x\n\nOude tekst",
    "outlook fr": "De : Desk <d@x.be>\nEnvoyé : mardi 3 novembre\nÀ : An\nObjet : RE: x\n\nVieux",
    "outlook en": "From: Desk <d@x.be>\nSent: Tuesday, 3 November 2026\nTo: An\nSubject: x\n\nOld",
    "outlook de": "Von: Desk <d@x.be>\nGesendet: Dienstag\nAn: An\nBetreff: x\n\nAlt",
    "outlook classic": "-----Oorspronkelijk bericht-----\nVan: Desk\n\nOude tekst",
    "outlook web": "________________________________\nFrom: Desk <d@x.be>\nSent: x\nTo: An\n\nOld",
}
SIGNATURES = {
    "dashes": "-- \nAn Peeters\n016 12 34 56",
    "nl": "Met vriendelijke groeten,\nAn Peeters\nKantoor Peeters bv\n016 12 34 56",
    "nl short": "mvg\nAn",
    "fr": "Cordialement,\nRenée Dupont\nFiduciaire Dupont",
    "fr formal": "Veuillez agréer, Madame, Monsieur, mes salutations distinguées.\nRenée Dupont",
    "en": "Kind regards\nAn",
    "de": "Mit freundlichen Grüßen\nAn",
    "thanks nl": "Alvast bedankt!\n\nAn Peeters\nKantoor Peeters bv\nBTW BE 0403.170.701",
    "thanks nl for": "Hartelijk dank voor uw hulp,\nAn",
    "thanks fr": "D'avance merci,\n\nRenée Dupont\nFiduciaire Dupont\nTVA : BE 0403.170.701",
    "thanks fr for": "Merci d'avance pour votre aide,\n\nRenée Dupont",
    "thanks fr formal": "En vous remerciant de votre diligence, je vous prie d'agréer\nR",
    "thanks en": "Many thanks,\nAn",
    "good day fr": "Bonne journée,\nRenée Dupont",
    "iphone": "Verstuurd vanaf mijn iPhone",
    "android fr": "Envoyé depuis mon smartphone Samsung Galaxy.",
    "disclaimer nl": "Deze e-mail en zijn bijlagen zijn vertrouwelijk en enkel voor u bestemd.",
    "disclaimer en": "This message may contain confidential information.",
}


@pytest.mark.parametrize("quote", QUOTES)
def test_what_was_said_before_is_cut_off(quote: str) -> None:
    assert newest_text(f"{TEXT}\n\n{QUOTES[quote]}") in {TEXT, f"{TEXT}\n\n{'_' * 32}"}


@pytest.mark.parametrize("signature", SIGNATURES)
def test_a_signature_is_cut_off(signature: str) -> None:
    assert newest_text(f"{TEXT}\n\n{SIGNATURES[signature]}") == TEXT


@pytest.mark.parametrize("quote", ["gmail nl", "outlook fr"])
@pytest.mark.parametrize("signature", ["nl", "dashes"])
def test_both_are_cut_off_together(quote: str, signature: str) -> None:
    assert newest_text(f"{TEXT}\n\n{SIGNATURES[signature]}\n\n{QUOTES[quote]}") == TEXT


@pytest.mark.parametrize(
    "text",
    [
        "Van: 2022 tot 2023 heb ik niets neergelegd.",
        "On Tuesday I wrote to you, no answer yet.",
        "Le comptable a écrit que tout est bon",
        "Groeten uit Gent brachten ons geen oplossing.\n\nWat nu?",
        "Ondernemingsnummer: 0403.170.701\nTaal: nl\nModel: micro\nDatum: 31/12/2022",
        "Met vriendelijke groeten,\nAn\n\nPS: kan ik ook met itsme binnen?",
        "Alvast bedankt.\n\nOndernemingsnummer: 0403.170.701\nAfsluitdatum: 31/12/2022",
        "Beste\n\nHartelijk dank!\n\nAn",
        "Un grand merci pour votre réponse rapide",
        "Mon écran est gris.\nMerci de me dire comment continuer.\nAn",
        "Je vous remercie de bien vouloir transférer ce dossier.",
    ],
)
def test_words_that_only_resemble_a_quote_stay(text: str) -> None:
    assert newest_text(text) == text


def test_a_line_above_a_quote_that_begins_like_one_stays() -> None:
    text = "Model micro.\nOp 31/12/2022 afgesloten.\n\nOp 3/11/2026 om 10:12 schreef Desk:\n> Oud"

    assert newest_text(text) == "Model micro.\nOp 31/12/2022 afgesloten."


def test_the_senders_own_name_begins_a_signature() -> None:
    text = f"{TEXT}\n\nAn Peeters\nKantoor Peeters bv\nBTW BE 0403.170.701"

    assert newest_text(text, "An Peeters") == TEXT
    assert newest_text(text, "Info") == text


def test_what_a_program_wrapped_is_one_line_again() -> None:
    text = "De jaarrekening van 0403.170.701, die afgesloten werd op 31 december\n2022, is weg."

    assert newest_text(text) == text.replace("\n", " ")


def test_a_forwarded_message_is_found_below_the_word_on_top() -> None:
    text = (
        "Zie hieronder.\nmvg\nFrank\nBE 0403.170.701\n\nVan: Lut <l@x.be>\nVerzonden: maandag\n"
        "Aan: Frank\nOnderwerp: gegevens\n\nModel: micro\n\nGroetjes\nLut"
    )

    assert newest_text(text) == "Zie hieronder."
    assert forwarded_text(text) == "Model: micro"
    assert forwarded_text("Model: micro") == ""


def test_answers_between_the_quotes_stay() -> None:
    text = "> Welk model?\nmicro\n> Welke taal?\nNederlands\n"

    assert newest_text(text) == "micro\nNederlands"


ANSWERED = """Mijn antwoorden staan eronder.

Op 19-02-2024 om 10:15 schreef Cybo:
> Dag Tine,
>
> Wat is het ondernemingsnummer?
0403 170 701
> Welk model gebruikt u?

het verkorte
> Type van certificaat:
Type van certificaat: Isabel
"""


def test_answers_below_whoever_is_quoted_stay() -> None:
    assert newest_text(ANSWERED).split("\n") == [
        "Mijn antwoorden staan eronder.",
        "",
        "0403 170 701",
        "",
        "het verkorte",
        "Type van certificaat: Isabel",
    ]


def test_an_answer_below_a_quoted_question_becomes_a_line_of_a_form() -> None:
    lines = newest_text(ANSWERED, as_form=True).split("\n")

    assert [line for line in lines if ":" in line] == [
        "enterprise number: 0403 170 701",
        "filing model: het verkorte",
        "Type van certificaat: Isabel",
    ]


def test_a_numbered_wish_without_a_question_mark_asks_as_well() -> None:
    text = "> 3. The model\nthe smallest one\n> Kind regards,\n> Your contact center\nBye"

    assert newest_text(text, as_form=True).split("\n") == ["filing model: the smallest one", "Bye"]


def test_text_below_whoever_is_quoted_without_marks_is_old() -> None:
    text = "Bedankt.\n\nOp 19-02-2024 om 10:15 schreef Cybo:\nDag Tine, welk model?\nmicro"

    assert newest_text(text) == "Bedankt."


@pytest.mark.parametrize(
    "forwarded",
    [
        "---------- Forwarded message ---------\nFrom: An <a@x.be>\nDate: x\nSubject: y\nTo: z\n\n",
        "Begin doorgestuurd bericht:\n\nVan: An <a@x.be>\nDatum: x\nOnderwerp: y\nAan: z\n\n",
    ],
)
def test_a_mail_that_only_forwards_gives_what_it_forwards(forwarded: str) -> None:
    assert newest_text(forwarded + TEXT) == TEXT


def test_a_forwarded_mail_with_a_word_on_top_gives_the_word() -> None:
    text = "Wie kan hier helpen?\n\n---------- Forwarded message ---------\nFrom: An\n\nOud"

    assert newest_text(text) == "Wie kan hier helpen?"


@pytest.mark.alone
@pytest.mark.parametrize(
    "filling",
    [
        "On ",
        "> ",
        "From:\n",
        "On x wrote\n",
        "\n",
        "-",
        "a",
        "Van: x\nAan: y\n",
        "le a écrit ",
        "\t\n",
        "mvg\nx?\n",
        "Merci\nModel: x\n",
        "Op 1: x\n",
    ],
)
def test_a_hostile_megabyte_takes_under_a_second(filling: str) -> None:
    text = filling * (1_000_000 // len(filling))
    started = time.perf_counter()

    newest_text(text)

    assert time.perf_counter() - started < 1
