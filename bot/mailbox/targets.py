"""Where answers go: the submission server, or the drafts folder."""

import asyncio
import re
from dataclasses import dataclass, replace

import aiosmtplib

from bot.delivery.outbox import DELIVERY_TIMEOUT_S, InDoubt, Item, Refused, TryLater
from bot.mailbox.imap import ImapAccount, MailboxUnreachable, append_draft

SMTP, DRAFTS = "smtp", "drafts"
_URGENT = "urgent:"
_TIMEOUT_S = 60
_MESSAGE_ID = re.compile(rb"(?im)^message-id:\s{0,9}(<[^<>\s]{1,998}>)")


@dataclass(frozen=True)
class SmtpAccount:
    """The submission server. ``bounce_address``: empty for an envelope nobody answers."""

    host: str
    port: int
    security: str
    user: str = ""
    password: str = ""
    bounce_address: str = ""


class SmtpTarget:
    """Sends answers. A server that may have taken one already is never given it again."""

    name = SMTP
    is_idempotent = False
    timeout_s = DELIVERY_TIMEOUT_S

    def __init__(self, account: SmtpAccount) -> None:
        self._account = account

    async def deliver(self, item: Item) -> None:
        """Send one message. Raises: TryLater, Refused or InDoubt."""
        account = self._account
        client = aiosmtplib.SMTP(
            hostname=account.host,
            port=account.port,
            use_tls=account.security == "tls",
            start_tls=account.security == "starttls",
            timeout=_TIMEOUT_S,
        )
        try:
            await self._log_in(client)
            await self._announce(client, item.recipient)
        except aiosmtplib.SMTPResponseException as error:
            client.close()
            raise _meaning(error.code, f"{account.host}: answered {error.code}") from error
        except (aiosmtplib.SMTPException, OSError) as error:
            client.close()
            raise TryLater(f"{account.host}:{account.port}: {type(error).__name__}") from error
        except UnicodeError as error:
            client.close()
            raise Refused("the recipient's address holds letters that SMTP cannot write") from error
        await self._hand_over(client, item.payload)

    def instead(self, item: Item) -> Item | None:
        """Let people look whether it arrived: as a draft that stands out."""
        return replace(item, target=DRAFTS, key=_URGENT + item.key)

    async def check(self) -> None:
        """Log in and out. Raises: TryLater or Refused."""
        account = self._account
        client = aiosmtplib.SMTP(
            hostname=account.host,
            port=account.port,
            use_tls=account.security == "tls",
            start_tls=account.security == "starttls",
            timeout=_TIMEOUT_S,
        )
        try:
            await self._log_in(client)
            await client.quit()
        except (aiosmtplib.SMTPException, OSError) as error:
            raise TryLater(f"{account.host}:{account.port}: {error}; check CYBO_SMTP_*") from error
        finally:
            client.close()

    async def _log_in(self, client: aiosmtplib.SMTP) -> None:
        await client.connect()
        if self._account.user:
            await client.login(self._account.user, self._account.password)

    async def _announce(self, client: aiosmtplib.SMTP, recipient: str) -> None:
        bounce = self._account.bounce_address
        await client.mail(bounce)
        # Nobody reads the bounces of an empty envelope, so none are asked for (RFC 3461 §4.1).
        quiet = ["NOTIFY=NEVER"] if not bounce and client.supports_extension("dsn") else []
        await client.rcpt(recipient, options=quiet)

    async def _hand_over(self, client: aiosmtplib.SMTP, message: bytes) -> None:
        """Send the content; from here on, silence means that nobody knows."""
        try:
            await client.data(message)
        except aiosmtplib.SMTPResponseException as error:
            raise _meaning(error.code, f"answered {error.code} to the content") from error
        except Exception as error:
            raise InDoubt(type(error).__name__) from error
        finally:
            client.close()


class DraftsTarget:
    """Lays drafts in the drafts folder; the Message-ID tells whether one lies there already."""

    name = DRAFTS
    is_idempotent = True
    timeout_s = DELIVERY_TIMEOUT_S

    def __init__(self, account: ImapAccount) -> None:
        self._account = account

    async def deliver(self, item: Item) -> None:
        """Append one draft. Raises: TryLater."""
        found = _MESSAGE_ID.search(item.payload)
        if found is None:
            raise Refused("a draft without Message-ID")
        try:
            await asyncio.to_thread(
                append_draft,
                self._account,
                item.payload,
                found[1].decode(),
                is_urgent=item.key.startswith(_URGENT),
            )
        except MailboxUnreachable as error:
            raise TryLater(str(error)) from error

    def instead(self, item: Item) -> Item | None:
        """Nothing: a draft can always be laid again."""
        return None


def _meaning(code: int, words: str) -> TryLater | Refused:
    return Refused(words) if 500 <= code < 600 else TryLater(words)
