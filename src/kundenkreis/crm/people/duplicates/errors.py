"""What can be wrong with a table whose duplicates are looked for."""

from kundenkreis.kernel.errors import DomainError


class NothingToCompare(DomainError):
    """No column is known to say who or what a row is."""


class UnknownField(DomainError):
    """A column was mapped to a field that there is not."""


class TooLittleMemory(DomainError):
    """The memory that a run may use does not suffice, even with the disk."""
