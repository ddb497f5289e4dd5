"""The helpdesk's mailbox: IMAP in, SMTP out, the journal between them."""
