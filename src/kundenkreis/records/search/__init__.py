"""Finding records by text, within one's rights, and keeping what is searched current."""
