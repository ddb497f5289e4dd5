"""Attacking a running Cybo by chat, mailbox and desk, and saying what happened: `make hostile`."""
