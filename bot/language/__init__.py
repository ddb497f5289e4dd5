"""The languages that Cybo speaks, and which one a conversation is in."""

LANGUAGES = ("en", "fr", "nl")
"""ISO 639-1 codes, in the order in which data and answers list them."""

DEFAULT_LANGUAGE = "en"
"""Spoken when nothing tells which language a visitor reads: belongs to no community."""
