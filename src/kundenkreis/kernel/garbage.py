"""Python's collector of garbage in processes that make very many objects."""

from __future__ import annotations

import gc


def let_it_rest() -> None:
    """Look for garbage more rarely, and not among what start-up made: that is never any.

    Else a fifteenth of an import's time is spent going through the models and their fields again.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
