"""Mails that hold nothing but a secret, and secrets that only their subject announces."""

import re
from dataclasses import replace

from bot.privacy import MASK, mask_secrets
from bot.triage.mail import Mail
from bot.triage.newest import newest_text
from bot.triage.salutation import without_salutation

# "As you asked, here is the password of our certificate:" announces one; more tells a story.
_MAX_WORDS_BEFORE = 16
# After it comes a name, or thanks; "... and it still says wrong code" is a problem.
_MAX_WORDS_AFTER = 3
_WORD = re.compile(r"[^\W\d_][\w'’-]{0,64}")
# A value without a word beside it, grouped or not: "85.07.30-033.28", "Zomer2026!".
_BARE_VALUE = re.compile(r"(?=\S{0,60}\d)\S{4,60}|\d[\d\s./-]{2,30}\d")


def holds_only_a_secret(text: str) -> bool:
    """Say whether a text gives a secret and asks or tells nothing besides."""
    masked = mask_secrets(text).text
    if MASK not in masked or "?" in masked:
        return False
    *before, after = masked.split(MASK)
    words = sum(len(_WORD.findall(part)) for part in before)
    return words <= _MAX_WORDS_BEFORE and len(_WORD.findall(after)) <= _MAX_WORDS_AFTER


def without_announced_secret(mail: Mail) -> Mail:
    """Mask what the text gives where only the subject says that it is a secret."""
    value = without_salutation(newest_text(mail.text, mail.sender_name)).strip()
    if not _BARE_VALUE.fullmatch(value):
        return mail
    announced = mask_secrets(f"{mail.subject}: {value}").text
    if not announced.endswith(MASK):
        return mail
    return replace(mail, text=mail.text.replace(value, MASK))
