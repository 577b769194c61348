"""HTTP as a benchmark speaks it: one kept-open connection that remembers cookies."""

from __future__ import annotations

import http.client
import json
import re
import time
from dataclasses import dataclass
from urllib.parse import urlencode

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, and the seconds until its last byte was here."""

    status: int
    body: bytes
    seconds: float
    location: str = ""
    again: int = 0  # seconds until it may be asked again, where it says so

    @property
    def text(self) -> str:
        return self.body.decode(errors="replace")  # a page may lead to a file

    @property
    def json(self) -> dict[str, object]:
        found: dict[str, object] = json.loads(self.body)
        return found


class Client:
    """A connection to one role."""

    def __init__(self, host: str, port: int) -> None:
        self.connection = http.client.HTTPConnection(host, port, timeout=30)
        self.cookies: dict[str, str] = {}
        self.origin = f"http://{host}:{port}"

    def another(self) -> Client:
        """One more connection of the same browser."""
        made = Client(self.connection.host, self.connection.port)
        made.cookies = dict(self.cookies)
        return made

    def get(self, path: str, **headers: str) -> Answer:
        return self._ask("GET", path, None, headers)

    def post(self, path: str, values: dict[str, object], **headers: str) -> Answer:
        """JSON as the browser script sends it."""
        return self._ask("POST", path, json.dumps(values).encode(), headers)

    def submit(self, path: str, values: dict[str, str]) -> Answer:
        """A form as a browser sends it, with the token of the page it is on."""
        token = TOKEN.search(self.get(path).text)
        values = {**values, "csrfmiddlewaretoken": token.group(1) if token else ""}
        kind = "application/x-www-form-urlencoded"
        headers = {"Content-Type": kind, "Origin": self.origin}
        return self._ask("POST", path, urlencode(values).encode(), headers)

    def log_in(self, email: str, password: str) -> None:
        """Log in as staff. Raises `RuntimeError` when refused."""
        answer = self.submit("/account/login/", {"login": email, "password": password})
        if answer.status != 302:
            raise RuntimeError(f"log-in refused: {answer.status}")

    def _ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        if self.cookies:
            pairs = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            headers = {**headers, "Cookie": pairs}
        began = time.perf_counter()
        self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        read = response.read()
        seconds = time.perf_counter() - began
        for name, value in response.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        location, again = response.getheader("Location"), response.getheader("Retry-After")
        return Answer(response.status, read, seconds, location or "", int(again or 0))
