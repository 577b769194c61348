"""Writes docs/reference from the product itself; `--check` only says what has changed since.

    python -m tools.reference [--check]

One module writes one page: what it is made from is the only place where it is said.
"""
