"""Logging in while fifty connections guess passwords from ever new networks: who is honest gets in
where they have logged in before; elsewhere they take their chance with those who guess."""

from __future__ import annotations

import argparse
import http.client
import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from urllib.parse import urlencode

from bench import _company
from bench._http import TOKEN
from bench._processes import cpu, pss, tree
from bench._product import free_ports, host, serving, set_up, temporary_home
from bench._tools import Figure, Size, main, measured, percentile

LOGIN = "/account/login/"


class Browser:
    """Somebody behind the proxy that adds TLS and says from which network they come."""

    def __init__(self, port: int, network: str) -> None:
        self.connection = http.client.HTTPConnection(host("inner"), port, timeout=30)
        self.headers = {"X-Forwarded-Proto": "https", "X-Forwarded-For": network}
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, body: str = "") -> tuple[int, str]:
        said = {**self.headers, "Origin": f"https://{host('inner')}", "Host": host("inner")}
        said["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        said["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, LOGIN, body, said)
        response = self.connection.getresponse()
        text = response.read().decode(errors="replace")
        for name, value in response.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        return response.status, text

    def log_in(self, email: str, password: str) -> int:
        """The status: 302 lets in."""
        try:
            token = TOKEN.search(self.ask("GET")[1])
            values = {"login": email, "password": password}
            values["csrfmiddlewaretoken"] = token[1] if token else ""
            return self.ask("POST", urlencode(values))[0]
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            self.connection.close()


def measure(options: argparse.Namespace) -> Iterator[Figure]:
    with temporary_home(options.postgresql):
        os.environ["KUNDENKREIS_TLS"] = "1"
        set_up()
        _company.found(10)
        port = free_ports()
        with serving(inner=port) as roles:
            pid = roles["inner"]
            logins, pause = int(options.logins), float(options.pause)
            known: dict[str, str] = {}
            quiet, _statuses = _honest(port, logins, 0.0, 1, known)
            stop, guesses = threading.Event(), Counter[int]()
            attackers = [
                threading.Thread(target=_guess, args=(port, number, stop, guesses))
                for number in range(int(options.connections))
            ]
            before, began = cpu(tree(pid)), time.monotonic()
            for one in attackers:
                one.start()
            took, statuses = _honest(port, logins, pause, 100, known)
            _took, elsewhere = _honest(port, logins, pause, 101, {}, keep=False)
            stop.set()
            for one in attackers:
                one.join()
            wall, spent = time.monotonic() - began, cpu(tree(pid)) - before
            memory = pss(pid)
    tried = f"{int(options.connections)} connections guessing"
    yield measured(
        f"logging in beside {tried}: p95 (p50 {percentile(took, 0.5):.0f} ms)",
        percentile(took, 0.95), "ms", floor=percentile(quiet, 0.95),
    )  # fmt: skip
    share = 100 * statuses[302] / max(1, statuses.total())
    words = "let in at once"
    yield measured(f"of {logins} where they did before, {words}", share, "%", at_least=95)
    share = 100 * elsewhere[302] / max(1, elsewhere.total())
    yield measured(f"of {logins} in a new place, {words}", share, "%")
    answers = ", ".join(f"{n} × {status}" for status, n in sorted(guesses.items()))
    yield measured(f"guesses answered ({answers})", guesses.total() / wall, "/s")
    yield measured("guesses that were let in", guesses[302], at_most=0)
    yield measured("server's CPU meanwhile, of one core", 100 * spent / wall, "%")
    yield measured("memory of the staff pages (PSS)", memory, "MiB")


def _honest(
    port: int, logins: int, pause: float, network: int, known: dict[str, str], *, keep: bool = True
) -> tuple[list[float], Counter[int]]:
    """Somebody who knows the password; `known` is what their browser keeps of an earlier log-in."""
    took, statuses = [], Counter[int]()
    for number in range(logins):
        began = time.perf_counter()
        browser = Browser(port, f"10.{network}.{number // 250}.{number % 250 + 1}")
        browser.cookies = dict(known)
        statuses[browser.log_in(_company.EMAIL, _company.PASSWORD)] += 1
        took.append((time.perf_counter() - began) * 1000)
        if keep:
            known |= {name: one for name, one in browser.cookies.items() if "device" in name}
        time.sleep(pause)
    return took, statuses


def _guess(port: int, number: int, stop: threading.Event, guesses: Counter[int]) -> None:
    turn = 0
    while not stop.is_set():
        turn += 1
        network = f"172.{16 + number % 16}.{turn // 250 % 250}.{turn % 250 + 1}"
        browser = Browser(port, network)
        guesses[browser.log_in(f"somebody{number}-{turn}@kunde.example", f"geheim{turn}")] += 1


if __name__ == "__main__":
    sys.exit(
        main(
            measure, __doc__,
            connections=Size(50, 4, "connections that guess"),
            logins=Size(20, 2, "honest log-ins, before the attack and during it"),
            pause=Size(1.0, 0.0, "seconds between two of them"),
        )
    )  # fmt: skip
