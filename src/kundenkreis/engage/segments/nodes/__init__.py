"""Conditions about what people did, beyond comparing fields."""
