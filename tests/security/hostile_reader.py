"""A reader of mails that does what mails tell it: sleeps, fills the memory, dies.

python -m tests.security.hostile_reader SOCKET
"""

import os
import sys
import time
from collections.abc import Callable
from datetime import date
from multiprocessing.connection import Connection

from bot.mailbox import reader_main
from bot.mailbox.clerk import Clerk
from bot.mailbox.wire import FAILED, encode
from bot.settings import Settings
from tests.mailbox.fakes import FakeParser, FakeResponses

_MEGABYTE = 1024 * 1024


def load(settings: Settings) -> tuple[Callable[[bytes, date], bytes], int]:
    """Give a reader with a helpdesk's understanding by keywords."""
    ordinary = reader_main.answering(Clerk(FakeParser(), FakeResponses(), settings))

    def answer(raw: bytes, today: date) -> bytes:
        if b"HANG" in raw:
            time.sleep(600)
        if b"COMPUTE" in raw:
            while True:
                pass
        if b"FILL" in raw:
            filled = []
            while True:
                filled.append(bytearray(64 * _MEGABYTE))
        if b"CRASH" in raw:
            os.abort()
        if b"PASSWORDS" in raw:
            return encode(FAILED, " ".join(n for n in os.environ if n.startswith("CYBO_")), "")
        return ordinary(raw, today)

    return answer, 1_000_000


if __name__ == "__main__":
    reader_main.load = load
    reader_main.main(Connection(int(sys.argv[1])))
