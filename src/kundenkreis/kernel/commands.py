"""The write door: a command changes one database, as an actor, in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from kundenkreis.kernel.sides import side_of_module
from kundenkreis.kernel.transactions import unit_of_work

P = ParamSpec("P")
R = TypeVar("R")

COMMANDS: dict[str, Callable[..., object]] = {}


def command(function: Callable[P, R]) -> Callable[P, R]:
    """Run the function in a transaction of the side its folder names, and audit under its name.

    Order inside a command: access → load and lock → rule → write → publish → return.
    """
    side = side_of_module(function.__module__)
    context = function.__module__.removeprefix("kundenkreis.").removesuffix(".commands")
    name = f"{context}.{function.__name__}"

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        with unit_of_work(side, name):
            return function(*args, **kwargs)

    COMMANDS[name] = run
    return run
