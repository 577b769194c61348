"""Kundenkreis: a self-hosted closed-loop CRM."""

__version__ = "0.1.0"
