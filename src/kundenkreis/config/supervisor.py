"""Everything on one machine: starts the roles, watches them, stops them all."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from types import FrameType

from kundenkreis.config import env
from kundenkreis.kernel.sides import Side

GRACE = 2.5
PATIENCE = 300.0


@dataclass(slots=True)
class Child:
    """One role's process; it leads a process group of its own so that its workers end with it."""

    name: str
    process: subprocess.Popen[bytes]

    def signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)


def start(*, demo: bool, port: int) -> int:
    """Set up if needed, then serve; with the demo company and its shop if wanted."""
    began = time.monotonic()
    setup = [
        sys.executable,
        "-m",
        "kundenkreis.config.main",
        "setup",
        "--port",
        str(port),
        *(["--demo"] if demo else []),
    ]
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    process = subprocess.Popen(setup, env=environment("worker"))
    try:
        if process.wait():
            return process.returncode
    except KeyboardInterrupt:
        process.terminate()
        process.wait()
        return 130
    return serve(port=port, shop=demo, began=began)


def _interrupt(number: int, frame: FrameType | None) -> None:
    """Also where SIGINT is inherited ignored, as from a background shell."""
    raise KeyboardInterrupt


def serve(*, port: int, shop: bool = False, began: float | None = None) -> int:
    """Run all roles until SIGINT or SIGTERM, or until one of them ends by itself."""
    began = time.monotonic() if began is None else began
    env.hosts()
    env.require_free(port, port + 1, *([port + 2] if shop else []))
    stopping: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda got, _: stopping.append(got))
    children = [_child(role, port) for role in ("inner", "edge", "pulse", "worker")]
    if shop:
        children.append(_shop(port))
    try:
        if _ready(port, children, stopping):
            _announce(port, shop, time.monotonic() - began)
        while not stopping:
            ended = next((child for child in children if child.process.poll() is not None), None)
            if ended is not None:
                _say(f"The {ended.name} process ended by itself; stopping the others.")
                return 1
            time.sleep(0.2)
        return 0
    finally:
        stop(children)
        _say("Stopped.")


def _child(role: str, port: int) -> Child:
    arguments = [sys.executable, "-m", "kundenkreis.config.main", "serve", role]
    arguments += ["--port", str(port + 1 if role == "edge" else port)]
    return _spawn(role, arguments, {"KUNDENKREIS_PORT": str(port), **environment(role)})


def environment(role: str) -> dict[str, str]:
    """What a role may know: the public ones get their own folder and no word of the crm."""
    known = {**os.environ, "KUNDENKREIS_PARENT": str(os.getpid())}
    inner, edge = env.hosts()
    known |= {"KUNDENKREIS_INNER_HOST": inner, "KUNDENKREIS_EDGE_HOST": edge}
    known.pop("DJANGO_SETTINGS_MODULE", None)
    if role in ("inner", "worker"):
        return known
    hidden = ("KUNDENKREIS_CRM", "KUNDENKREIS_HOME", "KUNDENKREIS_INNER")
    public = {name: value for name, value in known.items() if not name.startswith(hidden)}
    return public | {"KUNDENKREIS_ENGAGE_HOME": str(env.folder(Side.ENGAGE))}


def _shop(port: int) -> Child:
    from kundenkreis.demo import launch

    return _spawn("shop", launch.arguments(port), environment("shop") | launch.environment())


def _spawn(name: str, arguments: list[str], known: dict[str, str]) -> Child:
    return Child(name, subprocess.Popen(arguments, env=known, process_group=0))


def _ready(port: int, children: list[Child], stopping: list[int]) -> bool:
    inner, edge = env.hosts()
    waiting = [f"http://{inner}:{port}/health/", f"http://{edge}:{port + 1}/health/"]
    end = time.monotonic() + PATIENCE
    while waiting and time.monotonic() < end and not stopping:
        if any(child.process.poll() is not None for child in children):
            return False
        try:
            with urllib.request.urlopen(waiting[0], timeout=2):  # noqa: S310 - our own address
                waiting.pop(0)
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    return not waiting


def _announce(port: int, shop: bool, took: float) -> None:
    inner, edge = env.hosts()
    _say(f"\nKundenkreis is ready after {took:.1f} s:  http://{inner}:{port}/")
    if shop:
        from kundenkreis.demo.launch import LOGINS, PASSWORD

        _say("Demo log-ins (this demo only), password for all: " + PASSWORD)
        for email, words in LOGINS:
            _say(f"  {email:34} {words}")
        _say(f"Demo shop:      http://{edge}:{port + 2}/")
    _say(f"Public address: http://{edge}:{port + 1}/")
    _say("Ctrl-C stops everything.\n")


def stop(children: list[Child]) -> None:
    """End the processes and everything they started, at the latest after `GRACE` seconds."""
    for child in children:
        child.signal(signal.SIGTERM)
    end = time.monotonic() + GRACE
    while time.monotonic() < end and any(child.process.poll() is None for child in children):
        time.sleep(0.05)
    for child in children:
        # Workers may outlive their leader, so every group is ended, not only the slow leaders'.
        child.signal(signal.SIGKILL)
        child.process.wait()


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - this is the product's console
