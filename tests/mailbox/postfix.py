"""A real mail server for the tests: Postfix on a loopback port, delivering where Dovecot reads."""

import os
import pwd
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from tests.serving import free_port

_MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
mail_owner = postfix
setgid_group = postdrop
maillog_file = {folder}/postfix.log
maillog_file_prefixes = {folder}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.example
mydestination =
mynetworks = 127.0.0.0/8
relayhost =
virtual_mailbox_domains = balans.example, firma.example
virtual_mailbox_base = {mail}
virtual_mailbox_maps = inline:{{ desk@balans.example=desk-e2e/, an@firma.example=an-e2e/ }}
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_minimum_uid = 1
default_transport = error:this server sends nothing outside
smtpd_recipient_restrictions = permit_mynetworks, reject
"""
_MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
proxymap unix - - n - - proxymap
showq unix n - n - - showq
"""
USER = "desk-e2e"
SENDER = "an-e2e"


def binary() -> str | None:
    """Find Postfix, which runs for root alone."""
    path = f"{os.environ.get('PATH', '')}:/usr/sbin"
    return shutil.which("postfix", path=path) if os.geteuid() == 0 else None


@dataclass
class Postfix:
    """A running server that delivers to two Maildirs."""

    folder: Path
    port: int

    @classmethod
    def start(cls, folder: Path, mail: Path) -> "Postfix":
        """Start it; returns when it answers."""
        nobody = pwd.getpwnam("nobody")
        port = free_port()
        config = folder / "etc"
        for made in (config, folder / "queue", folder / "data"):
            made.mkdir(parents=True)
        folder.chmod(0o755)
        shutil.chown(folder / "data", "postfix")
        values = {
            "folder": folder,
            "mail": mail,
            "uid": nobody.pw_uid,
            "gid": nobody.pw_gid,
            "port": port,
        }
        (config / "main.cf").write_text(_MAIN.format(**values))
        (config / "master.cf").write_text(_MASTER.format(**values))
        server = cls(folder, port)
        server._command("start")
        server._wait()
        return server

    def stop(self) -> None:
        self._command("stop")

    def _command(self, word: str) -> None:
        program = binary()
        assert program
        command = [program, "-c", str(self.folder / "etc"), word]
        result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert result.returncode == 0, result.stderr

    def _wait(self) -> None:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise RuntimeError((self.folder / "postfix.log").read_text())
