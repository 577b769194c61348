"""The first step of a take-over: archives unpacked, every file read and recognised, one by one."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from kundenkreis.integrations.crm.folder import opening
from kundenkreis.integrations.crm.folder.sources import SIDE, place
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.sides import Side
from kundenkreis.records import working
from kundenkreis.records.models import Transfer
from kundenkreis.ui import formats

FOLDER, State = Transfer.Direction.FOLDER, Transfer.State


@working.begins(FOLDER, State.READING)
class Gathering:
    """Opens what was brought; a file that cannot be read is noted and left."""

    def __init__(self, side: Side, transfer: Transfer, actor: Actor) -> None:
        self._transfer = transfer

    def piece(self) -> bool:
        """Open the next file."""
        transfer = self._transfer
        found: dict[str, Any] = transfer.found
        at = found.get("opened", 0)
        if at < len(found["uploads"]):
            self._open(found, found["uploads"][at])
            found["opened"] = at + 1
            total = len(found["uploads"])
            working.note(SIDE, transfer, found=found, position=at + 1, total=total)
            return True
        if not any(part["what"] for part in found["parts"]):
            raise self._nothing(found)
        working.note(SIDE, transfer, state=State.ASKING, found=found, position=0, total=0)
        return False

    def close(self) -> None:
        """Nothing stays open."""

    def _open(self, found: dict[str, Any], file: dict[str, Any]) -> None:
        transfer = self._transfer
        upload = place(transfer, f"upload-{file['upload']}")
        try:
            if opening.is_archive(upload):
                self._unpack(found, file)
                return
            number = str(file["upload"])  # several files may have one name
            chosen = transfer.asked.get("reading", {}).get(number, {})
            target = place(transfer, f"rows-{number}")
            for part in opening.parts_of(upload, target, file, chosen):
                found["parts"].append({**part, "upload": number})
        except DomainError as error:
            found["left"].append(
                {"name": file["name"], "why": f"{error.what} {error.why or ''}".strip()}
            )

    def _unpack(self, found: dict[str, Any], file: dict[str, Any]) -> None:
        if file.get("inner"):
            why = _("It is a packed folder inside a packed folder.")
            found["left"].append({"name": file["name"], "why": why})
            return
        upload, first = place(self._transfer, f"upload-{file['upload']}"), len(found["uploads"])
        most = opening.MOST_FILES - first
        answer = opening.unpack(upload, upload.parent, first, most)
        found["uploads"] += [{**one, "inner": True} for one in answer["files"]]
        words = {
            "password": _("It is protected by a password."),
            "broken": _("It is broken inside of the packed folder."),
            "many": _("More than %(n)s files are not taken at once.") % {"n": formats.number(opening.MOST_FILES)},
        }  # fmt: skip
        found["left"] += [{"name": one["name"], "why": words[one["why"]]} for one in answer["left"]]

    def _nothing(self, found: dict[str, Any]) -> DomainError:
        reasons = [f"{one['name']}: {one['why']}" for one in found["left"][:3]]
        return DomainError(
            _("None of these files holds persons, organisations or anything that belongs to them."),
            " ".join(reasons),
            _(
                "Choose lists with the names of the columns above them, vCards, or an export folder."
            ),
        )
