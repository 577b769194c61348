"""What can be wrong with a file that somebody wants analysed."""

from kundenkreis.kernel.errors import DomainError


class UnreadableFile(DomainError):
    """The file cannot be read, or is not the kind of file it should be."""


class UnusableColumn(DomainError):
    """A column is missing or does not hold what it should."""


class UnusableOption(DomainError):
    """An option of the command does not fit the file."""
