"""Secrets that visitors must not share: found, masked and never kept."""

from bot.privacy.secrets import MASK, Masked, mask_secrets

__all__ = ["MASK", "Masked", "mask_secrets"]
