"""One request of one member, and how it is answered."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from aiohttp import web

from bot.accounts import Member
from bot.desk.render import Renderer, navigation

# Only our own files; forms only to ourselves. A referrer, for without one browsers send
# forms with an Origin that says nothing.
SECURE = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}
_PRIVATE = {**SECURE, "Cache-Control": "no-store"}
_OUR_OWN = "same-origin"
_EXPLAINED = frozenset({400, 403, 404, 409, 413, 429, 500})


@dataclass(frozen=True)
class Visit:
    """A request. ``csrf``: the token of its forms; ``form``: what was sent, checked."""

    request: web.Request
    pages: Renderer
    language: str
    csrf: str
    signed_in: Member | None
    form: Mapping[str, str] = field(default_factory=dict)

    @property
    def member(self) -> Member:
        """Give who is signed in, on a page that asks for a role."""
        assert self.signed_in is not None  # noqa: S101 (the guard saw to it)
        return self.signed_in

    def page(self, template: str, *, status: int = 200, **values: Any) -> web.Response:
        """Answer with a page."""
        text = self.pages.render(
            template,
            self.language,
            member=self.signed_in,
            navigation=navigation(self.signed_in.role) if self.signed_in else [],
            path=self.request.path,
            language_links=self._language_links(),
            csrf=self.csrf,
            notice=self._notice(),
            **values,
        )
        return web.Response(text=text, status=status, content_type="text/html", headers=_PRIVATE)

    def redirect(self, path: str, notice: str = "") -> web.Response:
        """Send the browser on after a form. ``notice``: `section.name` of what to tell there.

        The text stands in the section's texts under `notices`.
        """
        joined = f"{path}{'&' if '?' in path else '?'}notice={notice}" if notice else path
        return web.Response(status=303, headers={**_PRIVATE, "Location": joined})

    def download(self, content: bytes, content_type: str, file_name: str) -> web.Response:
        """Answer with a file to keep. ``file_name``: of our own making."""
        return web.Response(
            body=content,
            content_type=content_type,
            charset="utf-8",
            headers={**_PRIVATE, **_attached(file_name)},
        )

    async def send_parts(
        self, parts: AsyncIterator[bytes], content_type: str, file_name: str
    ) -> web.StreamResponse:
        """Answer with a file that is sent while it is being made."""
        response = web.StreamResponse(headers={**_PRIVATE, **_attached(file_name)})
        response.content_type, response.charset = content_type, "utf-8"
        await response.prepare(self.request)
        async for part in parts:
            await response.write(part)
        await response.write_eof()
        return response

    def error(self, status: int, reference: str = "") -> web.Response:
        """Answer with a page that says what is wrong."""
        known = status if status in _EXPLAINED else 400
        return self.page("error.html.j2", status=status, code=f"e{known}", reference=reference)

    def text(self, name: str) -> str:
        """Give a text of the page's language by its dotted name."""
        return self.pages.text(self.language, name)

    def _notice(self) -> str:
        """Give the notice that a form of ours led to; a link from elsewhere shows none."""
        came_from = self.request.headers.get("Sec-Fetch-Site", _OUR_OWN)
        if came_from != _OUR_OWN:
            return ""
        return self.pages.notice(self.language, self.request.query.get("notice", ""))

    def _language_links(self) -> list[tuple[str, str]]:
        """Give the address of this page in each language."""
        if self.request.method != "GET":
            return [(code, f"/desk/?lang={code}") for code in ("nl", "fr", "en")]
        kept = [
            (name, value)
            for name, value in self.request.query.items()
            if name not in {"lang", "notice"}
        ]
        path = quote(self.request.path)
        return [
            (code, f"{path}?{urlencode([*kept, ('lang', code)])}") for code in ("nl", "fr", "en")
        ]


def _attached(file_name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{file_name}"'}
