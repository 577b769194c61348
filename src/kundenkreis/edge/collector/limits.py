"""How much the collector takes at a time. Beyond it sheds load instead of growing without bound."""

from __future__ import annotations

# The documented limits of the protocol, in bytes of JSON.
CALL = 32_768
BATCH = 4 * 1024 * 1024
ITEMS = 1_000  # calls in a batch
LISTED = 100  # of its rejected calls in the answer; all are counted

BODY_SECONDS = 10.0  # to send a body; the server has no such limit of its own
IGNORED = 16 * 1024 * 1024  # bytes of a refused body that are let pass before it is cut off
BODIES = 64 * 1024 * 1024  # bytes of all bodies being read or processed, packed and unpacked

QUEUE_ITEMS = 20_000  # waiting for the writer
SOURCE_ITEMS = 15_000  # of them from one source
GROUP_ITEMS = 400  # written and answered together: two rows each stay below 1,000

THREADS = 4  # for endpoints that ask the database
BIG = 65_536  # bytes: larger bodies are checked in a thread, so that small ones need not wait

VISITS = 60  # counted per minute and address
ADDRESSES = 10_000  # that are told apart in a minute

SOURCES_SECONDS = 1.0  # that a changed source may go unnoticed
