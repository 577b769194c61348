"""A small language for values that are worked out from the fields of one record."""
