"""Reads passages of mails as the mailbox does."""

from bot.nlu.encoder import encoder
from bot.reading.model import Reading


def read_passage(text: str, asked: str | None = None) -> Reading:
    """Say what a passage states; ``asked``: the detail it answers."""
    return encoder().read(text, asked)[1]
