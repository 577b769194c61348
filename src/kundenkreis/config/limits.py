"""How much one process of the staff pages takes on; `admission` holds it to that."""

AT_ONCE = 8  # requests in progress, each with a connection to each database
OF_PROGRAMS = 5  # that may be of programs: people come first
OF_STRANGERS = 3  # that may be before a log-in, from browsers nobody has logged in with
IN_LINE = 16  # who wait for a place, and as many programs and strangers as may be at work
# Seconds in that line. On a quiet machine it moves faster; people rather wait on a busy one.
PATIENCE = 2.0
# All of them, and some who send the others away.
THREADS = AT_ONCE + IN_LINE + OF_PROGRAMS + OF_STRANGERS + 4
CONNECTIONS = 512  # idle ones, too: a browser keeps several
