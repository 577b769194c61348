"""What stands outside of an installation: a mail server, and the company's own log-in."""

from __future__ import annotations

import json
import socket
import socketserver
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

PATIENCE = 60.0


class _Talk(socketserver.StreamRequestHandler):
    """Just as much of SMTP as somebody needs who hands a mail over."""

    server: MailServer

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline():
            word = line.split()[0].upper()
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                self.server.keep(b"".join(iter(self.rfile.readline, b".\r\n")))
            self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 well\r\n")
            if word == b"QUIT":
                return


class MailServer(socketserver.ThreadingTCPServer):
    """Takes every mail and keeps it."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.mails: list[EmailMessage] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def keep(self, text: bytes) -> None:
        mail = message_from_bytes(text, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)

    @property
    def settings(self) -> dict[str, str]:
        port = str(self.server_address[1])
        named = {"HOST": "127.0.0.1", "PORT": port, "SECURITY": "none"}
        return {f"KUNDENKREIS_SMTP_{name}": value for name, value in named.items()}


class Provider:
    """A log-in provider, a process of its own."""

    def __init__(self, address: str) -> None:
        self.address = address

    @property
    def settings(self) -> dict[str, str]:
        named = {"ISSUER": self.address, "CLIENT_ID": "crm", "SECRET": "s", "NAME": "Firmenkonto"}
        return {f"KUNDENKREIS_OIDC_{name}": value for name, value in named.items()}

    def knows(self, subject: str, **claims: Any) -> None:
        """Let somebody have an account there."""
        request = urllib.request.Request(  # noqa: S310 - our own address
            f"{self.address}/users/{subject}", json.dumps(claims).encode(),
            {"Content-Type": "application/json"}, method="PUT",
        )  # fmt: skip
        urllib.request.urlopen(request, timeout=10).close()  # noqa: S310 - our own address


@contextmanager
def provider() -> Iterator[Provider]:
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        port = probe.getsockname()[1]
    program = str(Path(sys.executable).parent / "oidc-provider-mock")
    process = subprocess.Popen([program, "--port", str(port)], stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    wait_until(lambda: _answers(f"{address}/.well-known/openid-configuration"))
    try:
        yield Provider(address)
    finally:
        process.terminate()
        process.wait(10)


def _answers(address: str) -> bool:
    try:
        urllib.request.urlopen(address, timeout=2).close()  # noqa: S310 - our own address
    except OSError:
        return False
    return True


def wait_until(happened: Any) -> None:
    end = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.1)
