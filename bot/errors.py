"""The root of every error that Cybo raises itself."""


class HelpdeskError(Exception):
    """Something a person can put right: the message says what, where and how."""
