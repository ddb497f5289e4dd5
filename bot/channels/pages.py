"""Our own pages and the widget, read once and served from memory."""

import json
from pathlib import Path

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.channels.files import ServedFile
from bot.channels.problems import preferred_language
from bot.language import LANGUAGES
from bot.settings import Settings
from bot.texts import texts

_WEB = Path(__file__).parent.parent / "web"
# As Belgian institutions list them, Dutch first; that is for a browser that asks for none.
_LANGUAGES = tuple(reversed(LANGUAGES))
# What docs/widget.md asks of a page that embeds the widget, and nothing else.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_SECURE = {
    "Content-Security-Policy": _POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
# The widget is made for other sites' pages.
_SHARED = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Content-Type-Options": "nosniff",
}
_CONTACT = 'const CONTACT = { email: "", phone: "" };'
_TEXTS = "const TEXTS = {};"


class Pages:
    """The help page at `/`, its style sheet and the widget."""

    def __init__(self, settings: Settings) -> None:
        self._contact = {"email": settings.contact_email, "phone": settings.contact_phone}
        environment = Environment(
            loader=FileSystemLoader(_WEB), autoescape=True, undefined=StrictUndefined
        )
        self._help = environment.get_template("help.html.j2")

    def routes(self) -> list[web.RouteDef]:
        """List the routes."""
        style = (_WEB / "help.css").read_text(encoding="utf-8")
        return [
            web.get("/", self._show_help),
            web.get("/help.css", ServedFile(style, "text/css", _SECURE).serve),
            web.get(
                "/widget/cybo.js", ServedFile(self._widget(), "text/javascript", _SHARED).serve
            ),
            web.get("/favicon.ico", _no_icon),
        ]

    def _widget(self) -> str:
        """Tell the widget its texts, and whom to turn to when the chat is down."""
        spoken = {language: texts("widget")[language] for language in _LANGUAGES}
        source = (_WEB / "cybo.js").read_text(encoding="utf-8")
        for line, value in ((_CONTACT, self._contact), (_TEXTS, spoken)):
            if line not in source:
                raise ValueError(f"cybo.js: no line {line!r} to put the values in")
            name = line.partition("{")[0]
            source = source.replace(line, f"{name}{json.dumps(value, ensure_ascii=False)};")
        return source

    async def _show_help(self, request: web.Request) -> web.StreamResponse:
        wanted = request.query.get("lang") or preferred_language(
            request.headers.get("Accept-Language", "")
        )
        language = wanted if wanted in _LANGUAGES else _LANGUAGES[0]
        spoken = texts("help")
        page = self._help.render(
            language=language,
            names={one: spoken[one]["language"] for one in _LANGUAGES},
            t=spoken[language],
            contact=self._contact,
        )
        return web.Response(text=page, content_type="text/html", headers=_SECURE)


async def _no_icon(_: web.Request) -> web.StreamResponse:
    # Browsers ask for one on every page; a 404 would be an error in their console.
    return web.Response(status=204)
