"""Where the mailbox and the submission server are, from the settings."""

from bot.mailbox.imap import ImapAccount
from bot.mailbox.targets import SmtpAccount
from bot.settings import Settings


def imap_account(settings: Settings) -> ImapAccount:
    """Read where the mailbox is."""
    password = settings.imap_password
    return ImapAccount(
        settings.imap_host or "",
        settings.imap_port,
        settings.imap_security,
        settings.imap_user or "",
        password.get_secret_value() if password else "",
        settings.imap_folder,
        settings.imap_drafts,
        settings.imap_quarantine,
        settings.imap_sent,
    )


def smtp_account(settings: Settings) -> SmtpAccount:
    """Read where the submission server is."""
    password = settings.smtp_password
    return SmtpAccount(
        settings.smtp_host or "",
        settings.smtp_port,
        settings.smtp_security,
        settings.smtp_user,
        password.get_secret_value() if password else "",
        settings.smtp_bounce_address,
    )
