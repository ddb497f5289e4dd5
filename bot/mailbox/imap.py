"""The mailbox over IMAP. Blocking: the service calls it from a thread."""

import imaplib
import socket
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from bot.errors import HelpdeskError

KEYWORD = "$CyboDone"
"""Stands on every mail of the inbox that Cybo has decided on; people's clients may show it."""

_TIMEOUT_S = 60
_FLAGGED = b"\\Flagged"
_DRAFT = b"\\Draft"


class MailboxUnreachable(HelpdeskError):
    """The IMAP server is away, refuses the login, or lacks a folder."""


@dataclass(frozen=True)
class ImapAccount:
    """Where the mailbox is. ``security``: tls, starttls, or none (loopback only)."""

    host: str
    port: int
    security: str
    user: str
    password: str
    folder: str = "INBOX"
    drafts: str = "Drafts"
    quarantine: str = "Quarantine"
    sent: str = "Sent"

    @property
    def name(self) -> str:
        """Name the mailbox in the journal."""
        return f"{self.user}@{self.host}/{self.folder}"


class ImapMailbox:
    """One connection to one folder, read without changing what people see as unread."""

    def __init__(self, account: ImapAccount) -> None:
        self._account = account
        self._client: IMAPClient | None = None
        self._keeps_keywords = False
        self.uid_validity = 0

    def connect(self) -> None:
        """Log in and open the folder. Raises: MailboxUnreachable."""
        with _explained(self._account):
            self._client = _login(self._account)
            state = self._client.select_folder(self._account.folder)
            self.uid_validity = int(state[b"UIDVALIDITY"])
            self._keeps_keywords = b"\\*" in state.get(b"PERMANENTFLAGS", ())

    def close(self) -> None:
        """Log out, as far as the connection still allows."""
        if self._client:
            try:
                self._client.logout()
            except (IMAPClientError, OSError):
                self._client.shutdown()
            self._client = None

    def interrupt(self) -> None:
        """Make a call that waits in another thread end now."""
        if self._client:
            with suppress(OSError):
                self._client.socket().shutdown(socket.SHUT_RDWR)

    def find(self, above: int, since: date) -> list[int]:
        """Give the UIDs of mails above one, not older than a day."""
        with _explained(self._account):
            self._forget_announcements()
            found = self._open.search(["UID", f"{above + 1}:*", "SINCE", since])
        # "n:*" always names the last mail, even when its number is below n (RFC 3501 §6.4.8).
        return sorted(int(uid) for uid in found if uid > above)

    def sizes(self, uids: Sequence[int]) -> Mapping[int, int]:
        """Give the size of each mail in bytes; mails that are gone are missing."""
        with _explained(self._account):
            found = self._open.fetch(uids, ["RFC822.SIZE"])
        return {uid: int(item[b"RFC822.SIZE"]) for uid, item in found.items()}

    def fetch(self, uids: Sequence[int]) -> Mapping[int, bytes]:
        """Give the mails' bytes; they stay unread."""
        if not uids:
            return {}
        with _explained(self._account):
            found = self._open.fetch(uids, ["BODY.PEEK[]"])
        return {uid: item[b"BODY[]"] for uid, item in found.items() if b"BODY[]" in item}

    def mark(self, uids: Sequence[int]) -> None:
        """Show that Cybo has decided on these mails, where the server can keep it."""
        if uids and self._keeps_keywords:
            with _explained(self._account):
                self._open.add_flags(uids, [KEYWORD], silent=True)

    def quarantine(self, uids: Sequence[int]) -> None:
        """Move mails to the quarantine folder; a mail that was moved before stays there."""
        if not uids:
            return
        with _explained(self._account):
            client = self._open
            if client.has_capability("MOVE"):
                _make_folder(client, self._account.quarantine)
                client.move(uids, self._account.quarantine)
            else:
                # Copying is not all or nothing: a flag in the inbox is.
                client.add_flags(uids, [_FLAGGED, *([KEYWORD] if self._keeps_keywords else [])])

    def wait(self, seconds: float) -> bool:
        """Wait until the server tells of something; False when it cannot tell (no IDLE)."""
        client = self._open
        with _explained(self._account):
            if not client.has_capability("IDLE"):
                return False
            # What was told beside the answer to another command is not told again.
            if self._forget_announcements():
                return True
            client.idle()
            try:
                client.idle_check(timeout=seconds)
            finally:
                client.idle_done()
        return True

    def _forget_announcements(self) -> bool:
        """Say whether new mail was announced since the last time."""
        # imaplib keeps it; imapclient has no way to ask.
        _, announced = self._open._imap.response("EXISTS")
        return bool(announced != [None])

    def folders(self) -> list[str]:
        """Name the folders, for the check of the account."""
        with _explained(self._account):
            return sorted(name for _, _, name in self._open.list_folders())

    @property
    def _open(self) -> IMAPClient:
        if self._client is None:
            raise MailboxUnreachable(f"{self._account.name}: not connected")
        return self._client


def append_draft(account: ImapAccount, message: bytes, message_id: str, *, is_urgent: bool) -> None:
    """Put a draft where people find it, once however often this is called.

    Raises: MailboxUnreachable.
    """
    with _explained(account):
        client = _login(account)
        try:
            _make_folder(client, account.drafts)
            client.select_folder(account.drafts)
            if not client.search(["HEADER", "Message-ID", message_id]):
                flags = [_DRAFT, *([_FLAGGED] if is_urgent else [])]
                client.append(account.drafts, message, flags)
        finally:
            client.logout()


class SentFolder:
    """What people sent from the mailbox, only read."""

    def __init__(self, account: ImapAccount, client: IMAPClient) -> None:
        self._account = account
        self._client = client

    def headers(self, since: date) -> Mapping[int, bytes]:
        """Give the headers that tell what each mail answers, by UID."""
        fields = "BODY.PEEK[HEADER.FIELDS (MESSAGE-ID IN-REPLY-TO REFERENCES)]"
        with _explained(self._account):
            found = self._client.fetch(self._client.search(["SINCE", since]), [fields])
        # The server repeats the question in its own spelling.
        return {
            uid: next(value for name, value in item.items() if name.startswith(b"BODY["))
            for uid, item in found.items()
        }

    def fetch(self, uid: int) -> bytes:
        """Give one mail; empty when it is gone."""
        with _explained(self._account):
            found = self._client.fetch([uid], ["BODY.PEEK[]"])
        return bytes(found[uid][b"BODY[]"]) if uid in found else b""


@contextmanager
def open_sent(account: ImapAccount) -> Iterator[SentFolder | None]:
    """Open the folder of sent mails; None when there is none. Raises: MailboxUnreachable."""
    with _explained(account):
        client = _login(account)
    try:
        with _explained(account):
            exists = client.folder_exists(account.sent)
            if exists:
                client.select_folder(account.sent, readonly=True)
        yield SentFolder(account, client) if exists else None
    finally:
        with suppress(IMAPClientError, OSError):
            client.logout()


def _login(account: ImapAccount) -> IMAPClient:
    context = ssl.create_default_context()
    client = IMAPClient(
        account.host,
        account.port,
        ssl=account.security == "tls",
        ssl_context=context if account.security == "tls" else None,
        timeout=_TIMEOUT_S,
    )
    try:
        if account.security == "starttls":
            client.starttls(context)
        client.login(account.user, account.password)
    except BaseException:
        client.shutdown()
        raise
    return client


def _make_folder(client: IMAPClient, name: str) -> None:
    if not client.folder_exists(name):
        client.create_folder(name)


@contextmanager
def _explained(account: ImapAccount) -> Iterator[None]:
    """Turn what the library and the network raise into one error that names the account."""
    try:
        yield
    except (IMAPClientError, imaplib.IMAP4.error, OSError) as error:
        raise MailboxUnreachable(
            f"{account.host}:{account.port}: {_first_line(error)}; check CYBO_IMAP_* "
            "and that the mailbox allows IMAP"
        ) from error


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
