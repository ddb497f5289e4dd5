"""Good people who need an answer meanwhile: visitors of the chat, an agent of the desk."""

import asyncio
import itertools
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from bench.hostile.mail_deceit import number_of_a_firm
from bench.hostile.stage import AGENT, AGENT_PASSWORD, Stage
from bench.hostile.tally import PATIENCE_S, Ledger

QUESTIONS: tuple[tuple[str, dict[str, str]], ...] = (
    (
        "grey_screen",
        {
            "en": "The page stays completely white after I enter my PIN.",
            "fr": "La page reste toute blanche après l'identification, que faire ?",
            "nl": "Het venster blijft volledig wit wanneer ik Filing open, wat is er mis?",
        },
    ),
    (
        "fees",
        {
            "en": "What is the price of a micro model in XBRL?",
            "fr": "Quel est le tarif pour un modèle micro en XBRL ?",
            "nl": "Wat is in 2026 het tarief voor een micromodel in XBRL?",
        },
    ),
    (
        "browsers",
        {
            "en": "Does Filing work in Safari on a Mac?",
            "fr": "L'application fonctionne-t-elle sous Safari sur un Mac ?",
            "nl": "Werkt de toepassing ook in Safari op een Mac?",
        },
    ),
    (
        "what_is_idaas",
        {
            "en": "Can you explain in simple words what this IDAAS is?",
            "fr": "J'ai vu le mot IDAAS sur la page de connexion, c'est quoi exactement ?",
            "nl": "Ik lees overal IDAAS op jullie site, maar wat is dat juist?",
        },
    ),
)
_FORMS = {
    "en": (
        "Enterprise number: {firm}\nClosing date: 31/12/2022\nModel: abbreviated\n"
        "Type of filing: initial filing\nLanguage of the accounts: English\n"
        "Owner of the certificate: An Peeters\nE-mail address of the certificate: {email}\n"
        "Certificate number: 4A:7F:02\nType of certificate: GlobalSign"
    ),
    "fr": (
        "Numéro d'entreprise : {firm}\nDate de clôture : 31/12/2022\nModèle : abrégé\n"
        "Type de dépôt : dépôt initial\nLangue des comptes annuels : français\n"
        "Titulaire du certificat : An Peeters\nAdresse e-mail du certificat : {email}\n"
        "Numéro du certificat : 4A:7F:02\nType de certificat : GlobalSign"
    ),
    "nl": (
        "Ondernemingsnummer: {firm}\nAfsluitingsdatum: 31/12/2022\nModel: verkort\n"
        "Type van neerlegging: eerste neerlegging\nTaal van de jaarrekening: Nederlands\n"
        "Eigenaar van het certificaat: An Peeters\nE-mailadres van het certificaat: {email}\n"
        "Nummer van het certificaat: 4A:7F:02\nType van certificaat: GlobalSign"
    ),
}
_START = {
    "en": "Ask to have my forms moved",
    "fr": "Introduire une demande de migration",
    "nl": "Een migratieaanvraag starten",
}
_NO_AND_YES = {"en": ("No", "Yes"), "fr": ("Non", "Oui"), "nl": ("Nee", "Ja")}
_FORM_EVERY_S = 300.0
_PAUSE_S = 2.0
_firms = itertools.count(1)


def write_form(language: str, email: str) -> str:
    """Write a complete request about a firm of its own."""
    return _FORMS[language].format(firm=number_of_a_firm(next(_firms)), email=email)


class Refused(Exception):
    """An error instead of an answer; its code is in the message."""


@dataclass
class Visitor:
    """Somebody who asks something every two seconds, and files a request now and then."""

    stage: Stage
    ledger: Ledger
    number: int
    language: str
    _ids: Iterator[int] = field(default_factory=itertools.count)

    async def stay(self, until: float) -> None:
        """Come back until it is over, whatever happens on the way."""
        next_form = 0.0
        while time.monotonic() < until:
            try:
                with_form = time.monotonic() >= next_form
                next_form = time.monotonic() + _FORM_EVERY_S if with_form else next_form
                await self._visit(until, with_form=with_form)
            except (
                aiohttp.ClientError,
                OSError,
                asyncio.TimeoutError,
                TypeError,
                Refused,
            ) as error:
                # A TypeError is a socket that was closed instead of answered.
                self.ledger.failed(self._who, f"no answer ({error!r})"[:120])
                await asyncio.sleep(_PAUSE_S)

    @property
    def _who(self) -> str:
        return f"visitor, {self.language}"

    async def _visit(self, until: float, *, with_form: bool) -> None:
        # An address of his own on loopback: what others send is not held against him.
        connector = aiohttp.TCPConnector(local_addr=(f"127.0.1.{self.number}", 0))
        async with aiohttp.ClientSession(connector=connector) as session:
            connecting = session.ws_connect(f"{self.stage.url}/api/v1/chat")
            socket = await asyncio.wait_for(connecting, PATIENCE_S)
            await socket.send_json({"v": 1, "type": "hello", "language": self.language})
            await socket.receive_json(timeout=PATIENCE_S)
            for topic, words in QUESTIONS:
                if time.monotonic() > until:
                    return
                replies = await self._say(socket, words[self.language])
                self._check(topic in str([reply["topics"] for reply in replies]), topic)
                await asyncio.sleep(_PAUSE_S)
            if with_form:
                await self._file(socket)

    async def _file(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        email = f"v{self.number}.{next(self._ids)}@visitors.example"
        no, yes = _NO_AND_YES[self.language]
        for words in (_START[self.language], write_form(self.language, email), no):
            await self._say(socket, words)
        said = str([reply["text"] for reply in await self._say(socket, yes)])
        self._check(bool(re.search(r"CYB-\d{4}-\d{6}-\d", said)), "request")

    async def _say(
        self, socket: aiohttp.ClientWebSocketResponse, words: str
    ) -> list[dict[str, Any]]:
        """Say something; gives the replies."""
        started = time.monotonic()
        identifier = f"good-{next(self._ids):06}"
        said = {"v": 1, "type": "message", "id": identifier, "text": words}
        await socket.send_json(said)
        replies = []
        while (received := await socket.receive_json(timeout=PATIENCE_S))["type"] != "done":
            if received["type"] == "error":
                raise Refused(received["code"])
            replies += [received] if received["type"] == "reply" else []
        self.ledger.seconds.append(time.monotonic() - started)
        return replies

    def _check(self, is_right: bool, what: str) -> None:
        if is_right:
            self.ledger.answered(self._who, self.ledger.seconds[-1])
        else:
            self.ledger.failed(self._who, f"another answer than {what}")


@dataclass
class Agent:
    """Somebody of the desk who signs in with the right password and looks at the tickets."""

    stage: Stage
    ledger: Ledger
    every_s: float = 10.0

    async def work(self, until: float) -> None:
        """Sign in over and over until it is over."""
        while time.monotonic() < until:
            started = time.monotonic()
            try:
                problem = await self._look()
            except (aiohttp.ClientError, OSError, asyncio.TimeoutError) as error:
                problem = f"no answer ({type(error).__name__})"
            if problem:
                self.ledger.failed("agent", problem)
            else:
                self.ledger.answered("agent", time.monotonic() - started, late_s=10)
            await asyncio.sleep(self.every_s)

    async def _look(self) -> str:
        """Sign in and open the list; gives what was wrong."""
        connector = aiohttp.TCPConnector(local_addr=("127.0.2.1", 0))
        jar = aiohttp.CookieJar(unsafe=True)
        timeout = aiohttp.ClientTimeout(total=PATIENCE_S)
        async with aiohttp.ClientSession(
            connector=connector, cookie_jar=jar, timeout=timeout
        ) as session:
            status = await sign_in(session, self.stage.url, AGENT, AGENT_PASSWORD)
            if status != 200:
                return f"signing in met {status}"
            async with session.get(f"{self.stage.url}/desk/tickets") as response:
                return "" if response.status == 200 else f"the tickets met {response.status}"


async def sign_in(session: aiohttp.ClientSession, url: str, name: str, password: str) -> int:
    """Fill in the desk's form as a browser does; gives the status that it led to."""
    async with session.get(f"{url}/desk/sign-in") as response:
        token = re.search(r'name="csrf" value="([^"]*)"', await response.text())
    form = {"csrf": token[1] if token else "", "name": name, "password": password, "next": ""}
    async with session.post(f"{url}/desk/sign-in", data=form, headers={"Origin": url}) as response:
        return response.status
