"""The kernel knows no business words: doors, events, jobs, audit, money, time and errors."""
