"""What went wrong, as programs read it: problem details of RFC 9457, in the caller's language."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from django.http import HttpResponse
from django.utils.translation import gettext as _

from kundenkreis.kernel.errors import DomainError, NotFound, Overloaded, TooMany
from kundenkreis.kernel.outage import Full

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MEDIA_TYPE = "application/problem+json"
TYPE = "urn:kundenkreis:problem:"
Fields = Iterable[tuple[str, str]]


class BadRequest(DomainError):
    """The request itself cannot be understood."""

    status = 400


class UnknownField(BadRequest):
    """There is no such field, or the caller may not know of it: one answer for both."""

    def __init__(self, name: str) -> None:
        super().__init__(
            _("There is no field “%(name)s” here.") % {"name": name[:80]},
            _("It does not exist, or you may not use it so."),
            _("The description of the API names the fields."),
            field=name[:80],
        )


class Unauthorized(DomainError):
    """Nobody is known by the token, or there is none."""

    status = 401

    def __init__(self) -> None:
        super().__init__(
            _("This needs a token."),
            _("The request has none, or one that is good no more."),
            _("Send “Authorization: Bearer …” with a token from your settings."),
        )


class Owing(DomainError):
    """Whoever made the token must do something before they have any rights."""

    status = 403

    def __init__(self) -> None:
        super().__init__(
            _("The owner of this token must log in first."),
            _("Something is asked of them before they may do anything, such as confidentiality."),
            _("Log in, and do what is asked there."),
        )


class NoMethod(DomainError):
    """Nothing can be done so at this address."""

    status = 405

    def __init__(self, allowed: Iterable[str]) -> None:
        self.allowed = ", ".join(allowed)
        super().__init__(
            _("This cannot be done here."),
            _("The address takes: %(methods)s.") % {"methods": self.allowed or "–"},
        )


class TooLarge(DomainError):
    """More was sent than is read."""

    status = 413

    def __init__(self) -> None:
        super().__init__(_("This is too much at once."), hint=_("Send it in several parts."))


class NoJson(DomainError):
    """What was sent says that it is something else than JSON."""

    status = 415

    def __init__(self) -> None:
        super().__init__(
            _("Only JSON is understood here."), hint=_("Send “Content-Type: application/json”.")
        )


class Moved(DomainError):
    """Somebody else changed the record since the caller read it; `conflicts` has both values."""

    status = 412

    def __init__(self, version: str, conflicts: list[dict[str, Any]]) -> None:
        super().__init__(
            _("Somebody else changed this record meanwhile."),
            _("Its version is %(version)s by now.") % {"version": version},
            _("Read it anew, and send your change with its new version."),
        )
        self.version, self.conflicts = version, conflicts


class Merged(NotFound):
    """The record became part of another one, which the caller may read: `into` is its number."""

    def __init__(self, into: int) -> None:
        super().__init__()
        self.what = _("This record is part of another one now.")
        self.why = _("The two were merged.")
        self.hint = _("Go on with number %(number)s.") % {"number": into}
        self.into = into


class NoVersion(DomainError):
    """A change does not say which version of the record it is about."""

    status = 428

    def __init__(self) -> None:
        super().__init__(
            _("A change must say which version it is about."),
            _("Somebody else may have changed the record since you read it."),
            _("Send “If-Match” with the ETag of the record as you read it."),
        )


class TooFast(DomainError):
    """The token has made more requests than it may."""

    status = 429

    def __init__(self, seconds: int) -> None:
        super().__init__(
            _("These are too many requests."),
            hint=_("Go on in %(seconds)s s.") % {"seconds": seconds},
        )
        self.seconds = seconds


class Invalid(DomainError):
    """Values of fields cannot be taken; `fields` says why, for each."""

    def __init__(self, fields: Fields) -> None:
        self.fields = list(fields)
        super().__init__(
            _("Some values cannot be taken."),
            " ".join(text for _name, text in self.fields[:3]),
            field=self.fields[0][0] if len(self.fields) == 1 else "",
        )


class Broken(DomainError):
    """Something that should not happen; what it was is in the log."""

    status: ClassVar[int] = 500

    def __init__(self) -> None:
        super().__init__(
            _("Something went wrong here."),
            hint=_("Try again; if it stays so, tell your administrator when it was."),
        )


def body_of(error: DomainError, status: int = 0) -> dict[str, Any]:
    """A problem as JSON; `errors` names each field that is to blame."""
    fields: Fields = getattr(error, "fields", None) or (
        [(error.field, str(error.what))] if error.field else []
    )
    detail = " ".join(str(part) for part in (error.why, error.hint) if part)
    found: dict[str, Any] = {
        "type": f"{TYPE}{_kebab(type(error).__name__)}",
        "title": str(error.what),
        "status": status or error.status,
        "detail": detail,
    }
    errors = [{"field": name, "detail": text} for name, text in fields]
    return found | ({"errors": errors} if errors else {}) | _more(error)


def _more(error: DomainError) -> dict[str, Any]:
    match error:
        case Moved():
            return {"conflicts": error.conflicts}
        case Merged():
            return {"merged_into": error.into}
    return {}


def problem(error: DomainError, status: int = 0) -> HttpResponse:
    """The answer to a request that was refused."""
    body = body_of(error, status)
    return HttpResponse(
        json.dumps(body),
        status=body["status"],
        content_type=MEDIA_TYPE,
        headers=dict(_headers(error)),
    )


def _headers(error: DomainError) -> Mapping[str, str]:
    match error:
        case Unauthorized():
            return {"WWW-Authenticate": "Bearer"}
        case NoMethod():
            return {"Allow": error.allowed}
        case TooFast():
            return {"Retry-After": str(error.seconds)}
        case Overloaded() | TooMany() | Full():
            return {"Retry-After": str(error.retry_after)}
        case Moved():
            return {"ETag": f'"{error.version}"'}
    return {}


def _kebab(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()


def codes() -> list[StrOrPromise]:
    """The ends of all types of problems, for whoever describes the API."""
    found, waiting = set[str](), [DomainError]
    while waiting:
        kind = waiting.pop()
        found.add(_kebab(kind.__name__))
        waiting += kind.__subclasses__()
    return sorted(found)
