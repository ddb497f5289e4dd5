"""The helpdesk's mailbox: bytes in, decision out."""
