"""A real IMAP server for the tests: Dovecot on a loopback port, all of it in one folder."""

import getpass
import grp
import os
import pwd
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from imapclient import IMAPClient

from bot.mailbox.imap import ImapAccount
from tests.serving import free_port

PASSWORD = "geheim"
_CONFIG = """
base_dir = {run}
state_dir = {run}
log_path = {folder}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
default_internal_user = {daemon}
default_internal_group = {group}
default_login_user = {daemon}
first_valid_uid = 0
mail_location = maildir:{mail}/%u
mail_fsync = never
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={mail}/%u
}}
# Where the kernel tells of no new file, every half minute would be the rule.
mailbox_idle_check_interval = 1 secs
namespace inbox {{
  inbox = yes
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


def binary() -> str | None:
    """Find Dovecot; Debian puts it where only administrators look."""
    return shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


@dataclass
class Dovecot:
    """A running server; any user may log in with ``PASSWORD``."""

    folder: Path
    port: int

    @classmethod
    def start(cls, folder: Path) -> "Dovecot":
        """Start it; returns when it answers."""
        is_root = os.geteuid() == 0
        user = pwd.getpwnam("nobody" if is_root else getpass.getuser())
        group = grp.getgrgid(user.pw_gid).gr_name
        run, mail = folder / "run", folder / "mail"
        for made in (run, mail):
            made.mkdir(parents=True)
        if is_root:
            os.chown(mail, user.pw_uid, user.pw_gid)
            for parent in (folder, *folder.parents[:3]):
                if parent.stat().st_uid == 0 and str(parent).startswith("/tmp/"):
                    parent.chmod(0o755)
        port = free_port()
        config = folder / "dovecot.conf"
        config.write_text(
            _CONFIG.format(
                run=run,
                folder=folder,
                mail=mail,
                daemon=user.pw_name,
                group=group,
                password=PASSWORD,
                uid=user.pw_uid,
                gid=user.pw_gid,
                port=port,
            )
        )
        program = binary()
        assert program
        subprocess.run([program, "-c", str(config)], check=True, timeout=30)
        server = cls(folder, port)
        server._wait()
        return server

    def stop(self) -> None:
        program = binary()
        assert program
        subprocess.run([program, "-c", str(self.folder / "dovecot.conf"), "stop"], check=False)

    def account(self, user: str) -> ImapAccount:
        return ImapAccount("127.0.0.1", self.port, "none", user, PASSWORD)

    def client(self, user: str, folder: str = "INBOX") -> IMAPClient:
        """Log in as a person would; the folder is made when it is not there."""
        client = IMAPClient("127.0.0.1", self.port, ssl=False)
        client.login(user, PASSWORD)
        if not client.folder_exists(folder):
            client.create_folder(folder)
        client.select_folder(folder)
        return client

    def drop(self, user: str, *mails: bytes) -> None:
        """Put mails in somebody's inbox."""
        client = self.client(user)
        for mail in mails:
            client.append("INBOX", mail)
        client.logout()

    def read(self, user: str, folder: str = "INBOX") -> list[bytes]:
        """Give the mails of a folder, oldest first."""
        client = self.client(user, folder)
        found = client.fetch(client.search(), ["BODY.PEEK[]"])
        client.logout()
        return [found[uid][b"BODY[]"] for uid in sorted(found)]

    def flags(self, user: str, folder: str = "INBOX") -> list[set[str]]:
        """Give the flags of each mail, oldest first."""
        client = self.client(user, folder)
        found = client.get_flags(client.search())
        client.logout()
        return [{flag.decode() for flag in found[uid]} - {"\\Recent"} for uid in sorted(found)]

    def _wait(self) -> None:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise RuntimeError((self.folder / "dovecot.log").read_text())
