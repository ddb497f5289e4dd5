"""Drafts that a person changed before sending them: Cybo had misunderstood the mail."""

from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher

from bot.privacy import mask_secrets
from bot.privacy.personal import mask_personal
from bot.review.entries import DRAFT_CHANGED, ToReview
from bot.triage.letter import without_notice
from bot.triage.newest import newest_text

# Share of the words that both texts have in common. Another greeting or an added sentence in
# a letter of a hundred words leaves more than this; another answer leaves a third.
MIN_LIKENESS = 0.9
# A longer mail is no example of anything; its beginning tells an editor enough.
_MAX_CHARS = 2000


@dataclass(frozen=True)
class OpenDraft:
    """A draft that nobody is known to have sent.

    ``message_id``: of the mail it answers; ``answer_id``: its own. ``draft``, ``text``: the
    words of the draft and of the mail, secrets masked.
    """

    mail_id: int
    message_id: str
    answer_id: str
    draft: str
    text: str
    language: str
    topics: tuple[str, ...]
    conversation: str


def is_changed(draft: str, sent: str) -> bool:
    """Say whether more than a trifle differs; layout, signature and quotes aside."""
    before, after = _words(draft), _words(sent)
    return SequenceMatcher(None, before, after, autojunk=False).ratio() < MIN_LIKENESS


def draft_review(draft: OpenDraft, at: datetime) -> ToReview:
    """Make the queue's entry of a mail whose drafted answer was changed."""
    return ToReview(
        "email",
        draft.conversation,
        at,
        draft.language,
        mask_personal(mask_secrets(newest_text(draft.text)).text)[:_MAX_CHARS],
        DRAFT_CHANGED,
        draft.topics,
        origin=f"draft:{draft.mail_id}",
    )


def _words(text: str) -> list[str]:
    return without_notice(newest_text(text.replace("\r\n", "\n"))).casefold().split()
