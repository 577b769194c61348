"""The dossier has no tables of its own."""

from __future__ import annotations

from kundenkreis.kernel.privacy import Map

PRIVACY: Map = {}
