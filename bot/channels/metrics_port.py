"""`/metrics` on a port of its own, which only the monitoring can reach."""

from aiohttp import web

from bot.errors import HelpdeskError


class MetricsPort:
    """Serves one page at an address that no visitor comes to."""

    def __init__(self, host: str, port: int, page: web.RouteDef) -> None:
        self._host = host
        self._port = port
        self._page = page
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Begin to serve. Raises: HelpdeskError, when nothing can listen there."""
        application = web.Application()
        application.add_routes([self._page])
        self._runner = web.AppRunner(application, access_log=None)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, self._port).start()
        except OSError as error:
            raise HelpdeskError(
                f"{self._host}:{self._port}: cannot listen there ({error.strerror}); "
                "stop what uses the port, or set CYBO_METRICS_PORT to another one"
            ) from error

    async def stop(self) -> None:
        """Stop."""
        if self._runner:
            await self._runner.cleanup()
