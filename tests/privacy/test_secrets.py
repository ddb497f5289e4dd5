"""Passwords, PIN codes, national register numbers and keys never stay in a text."""

import pytest

from bot.privacy import MASK, mask_secrets

# 85.07.30-033.28 passes the check of the national register, 85.07.30-033.29 does not.


@pytest.mark.parametrize(
    ("text", "kind", "kept"),
    [
        ("85.07.30-033.28", "national_number", MASK),
        ("ik ben 85073003328, dank u", "national_number", f"ik ben {MASK}, dank u"),
        ("NISS 85 07 30 033 28", "national_number", f"NISS {MASK}"),
        ("00.01.01-001.05", "national_number", MASK),
        ("national register number 85073003329", "national_number", None),
        ("numéro de registre national : 85.07.30-033.29", "national_number", None),
        ("mijn rijksregisternummer is 85.07.30-033.29", "national_number", None),
        ("my password is hunter2x", "password", f"my password is {MASK}"),
        ("my password is hunter2", "password", f"my password is {MASK}"),
        ("password: S3cret!", "password", f"password: {MASK}"),
        ("Mot de passe : motdepasse", "password", f"Mot de passe : {MASK}"),
        ("mon mot de passe est Azerty!1", "password", f"mon mot de passe est {MASK}"),
        ("mon mot de passe, c'est Azerty123", "password", None),
        ("mdp Azerty123", "password", f"mdp {MASK}"),
        ("wachtwoord: geheim", "password", f"wachtwoord: {MASK}"),
        ("mijn nieuwe wachtwoord voor Isabel is Zomer2024", "password", None),
        ("paswoord=geheim1 en nu?", "password", f"paswoord={MASK} en nu?"),
        ("wachtwoord is “Geheim1!”", "password", None),
        ("my PIN code is 4321", "pin", f"my PIN code is {MASK}"),
        ("code PIN : 1234", "pin", f"code PIN : {MASK}"),
        ("mijn pincode 123456 werkt niet", "pin", f"mijn pincode {MASK} werkt niet"),
        ("Mijn pincode is 4821.", "pin", f"Mijn pincode is {MASK}."),
        ("Voici le code secret 9876.", "pin", f"Voici le code secret {MASK}."),
        ("PUK 12345678", "pin", f"PUK {MASK}"),
        ("geheime code is 9876", "pin", f"geheime code is {MASK}"),
    ],
)
def test_a_secret_is_masked_and_its_kind_told(text: str, kind: str, kept: str | None) -> None:
    masked = mask_secrets(text)

    assert masked.kinds == {kind}
    assert masked.text == kept if kept else MASK in masked.text
    assert not any(part in masked.text for part in ("033.2", "0332", "Azerty", "Zomer", "Geheim1"))


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----",
        "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----",
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIE (cut off",
    ],
)
def test_a_private_key_is_masked_whole(text: str) -> None:
    masked = mask_secrets(f"hier: {text}")

    assert (masked.text, masked.kinds) == (f"hier: {MASK}", {"private_key"})


@pytest.mark.parametrize(
    "text",
    [
        "0403.170.701",
        "BE 0403.170.701, 31/12/2022",
        "0475 12 34 56",
        "85.07.30-033.29",
        "BE68 5390 0754 7034",
        "4A:7F:02:85:07:30:03:32:28",
        "error AADB2C90091",
        "CYB-2026-000123-8",
        "port 8080 is blocked",
        "my password is expired",
        "the password was changed yesterday",
        "mon mot de passe est oublié",
        "mijn wachtwoord is vergeten",
        "wachtwoord van Isabel vergeten",
        "my PIN has not worked since 2024",
        "mon code PIN ne marche plus depuis 2024",
        "mijn pincode werkt niet sinds 2024",
        "-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----",
        "",
    ],
)
def test_what_is_no_secret_stays_untouched(text: str) -> None:
    masked = mask_secrets(text)

    assert (masked.text, masked.kinds) == (text, frozenset())


def test_several_secrets_are_all_masked() -> None:
    masked = mask_secrets("wachtwoord: Geheim1!\npin 1234\n85.07.30-033.28")

    assert masked.text == f"wachtwoord: {MASK}\npin {MASK}\n{MASK}"
    assert masked.kinds == {"password", "pin", "national_number"}


def test_masking_a_masked_text_changes_nothing() -> None:
    once = mask_secrets("mijn wachtwoord is Geheim1! en mijn pin is 1234")

    assert mask_secrets(once.text).text == once.text
