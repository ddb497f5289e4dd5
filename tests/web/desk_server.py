"""The desk's pages alone, in a thread: no model has to be loaded to look at them."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path
from threading import Event, Thread

from aiohttp import web

from bot.delivery.ticket import Line
from bot.desk.parts import Surroundings
from bot.desk.site import Desk
from bot.settings import Settings
from bot.storage import open_database
from tests.desk.conftest import CHEAP
from tests.serving import free_port


class DeskServer:
    """Serves until it is stopped. ``transcript``: what was said in every conversation."""

    def __init__(self, folder: Path, transcript: Sequence[Line]) -> None:
        self.engine = open_database(f"sqlite:///{folder / 'cybo.db'}")
        self._port = free_port()
        self._folder = folder
        self._transcript = transcript
        self._is_up, self._is_over = Event(), asyncio.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_until_complete, args=(self._serve(),))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        self._thread.start()
        assert self._is_up.wait(30)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._is_over.set)
        self._thread.join(30)

    async def _serve(self) -> None:
        async def transcripts(_: str) -> Sequence[Line]:
            return self._transcript

        around = Surroundings(
            settings=Settings(data_dir=self._folder, smtp_host="127.0.0.1", smtp_security="none"),
            engine=self.engine,
            transcripts=transcripts,
            now=lambda: datetime.now(timezone.utc),
            wake=lambda: None,
            mailbox_age_s=lambda: None,
            passwords=CHEAP,
        )
        application = web.Application()
        application.add_routes(Desk(around).routes())
        runner = web.AppRunner(application)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", self._port).start()
        self._is_up.set()
        await self._is_over.wait()
        await runner.cleanup()
