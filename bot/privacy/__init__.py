"""Secrets that visitors must not share: found, masked and never kept."""

from bot.privacy.attachments import attachment_holds_secret
from bot.privacy.secrets import MASK, Masked, mask_secrets, promises_secret

__all__ = ["MASK", "Masked", "attachment_holds_secret", "mask_secrets", "promises_secret"]
