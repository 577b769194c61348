"""Form fields that read what people type, and what files of people contain."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kundenkreis.kernel.fields import LANGUAGES
from kundenkreis.kernel.money import to_major
from kundenkreis.kernel.text import normal
from kundenkreis.kernel.words import different
from kundenkreis.records import references
from kundenkreis.records.days import NoDay, parse_day
from kundenkreis.records.parsing import parse_number, plain
from kundenkreis.ui import formats, parts
from kundenkreis.ui.markup import markup

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import RecordType

NO_NUMBER = _("This is not a number.")
DAY_FORMATS = ["%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y", "%d %b %Y", "%d/%m/%Y"]


class NumberField(forms.CharField):
    """A number in the user's notation; bounds and places come from the model's field."""

    def __init__(self, *, whole: bool, column: forms.Field | None = None, **options: Any) -> None:
        self.whole, self.column = whole, column
        options.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal"}))
        super().__init__(**options)

    def prepare_value(self, value: Any) -> Any:
        return plain(Decimal(value)) if isinstance(value, int | Decimal) else value

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        try:
            number = parse_number(text or "")
        except ValueError:
            raise ValidationError(NO_NUMBER, code="number") from None
        if number is None:
            return None
        if self.whole:
            if number != int(number):
                raise ValidationError(_("This must be a whole number."), code="whole")
            return int(number)
        return number

    def run_validators(self, value: Any) -> None:
        if value is not None and self.column is not None:
            self.column.clean(value)


class MoneyField(NumberField):
    """An amount in major units; the form turns it into minor units of the record's currency."""

    def __init__(self, **options: Any) -> None:
        super().__init__(whole=False, **options)

    def run_validators(self, value: Any) -> None:
        if value is not None and abs(value) >= Decimal(10) ** 15:
            raise ValidationError(_("This amount is too large."), code="large")

    def shown(self, minor: int | None, currency: str) -> str:
        return "" if minor is None else plain(to_major(minor, currency))


class Day(forms.TextInput):
    """A day in words, or from the browser's own picker; below it, what was understood."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        asks = {
            "autocomplete": "off",
            "placeholder": _("e.g. in 2 weeks"),
            "hx-get": reverse("day"),
            "hx-trigger": "input changed delay:150ms",
            "hx-target": "next .understood",
            "hx-sync": "this:replace",
        }
        return markup(
            '<kk-day>{}<button type="button" class="button ghost icon-only" tabindex="-1"'
            ' aria-label="{}">{}</button><input type="date" tabindex="-1" aria-hidden="true">'
            '<output class="understood"></output></kk-day>',
            super().render(name, value, {**(attrs or {}), **asks}, renderer),
            _("Choose a day"), parts.icon("calendar-days"),
        )  # fmt: skip


class DayField(forms.DateField):
    """A business date, as people say it or as files and tables write it (`records.days`)."""

    widget = Day

    def prepare_value(self, value: Any) -> Any:
        return formats.day(value) if isinstance(value, date) else value

    def to_python(self, value: Any) -> Any:
        if not isinstance(value, str) or not value.strip():
            return super().to_python(value)
        try:
            return parse_day(value)
        except NoDay as error:
            raise ValidationError(str(error), code="day") from None


class InstantField(forms.DateTimeField):
    """An instant in the user's time zone; read as pages write it, too."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    input_formats = [
        form for day in DAY_FORMATS for form in (f"{day} %H:%M", f"{day}, %H:%M", f"{day}T%H:%M")
    ]


class WordsField(forms.CharField):
    """Several words with commas between them, such as tags; the browser suggests the next one from
    what an address answers."""

    def __init__(self, *, address: str = "", **options: Any) -> None:
        if address:
            options["widget"] = Suggest(address)
        super().__init__(**options)

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return different(super().to_python(value))


class LinesField(forms.CharField):
    """Several texts, one per line."""

    widget = forms.Textarea({"rows": 3})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        lines = (super().to_python(value) or "").splitlines()
        return [normal(line).strip() for line in lines if line.strip()]


class Languages(forms.MultiWidget):
    """One input for each language, called by it."""

    def __init__(self) -> None:
        names = [str(name) for code, name in settings.LANGUAGES if code in LANGUAGES]
        super().__init__(
            [forms.TextInput({"aria-label": name, "placeholder": name}) for name in names]
        )

    def decompress(self, value: Any) -> list[str]:
        return [(value or {}).get(code, "") for code in LANGUAGES]


class TranslatedField(forms.MultiValueField):
    """A text in every language; one of them is enough."""

    def __init__(self, **options: Any) -> None:
        fields = [forms.CharField(max_length=2000, required=False) for _code in LANGUAGES]
        super().__init__(fields, widget=Languages(), require_all_fields=False, **options)

    def compress(self, texts: list[str]) -> dict[str, str]:
        pairs = zip(LANGUAGES, texts, strict=False)
        return {code: normal(text) for code, text in pairs if text}


class ChoicesField(forms.MultipleChoiceField):
    """Some of what there is to choose from."""

    widget = forms.CheckboxSelectMultiple


class ClockField(forms.TimeField):
    """A time of day, to the minute."""

    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    input_formats = ["%H:%M", "%H:%M:%S"]

    def to_python(self, value: Any) -> Any:
        found = super().to_python(value)
        return None if found is None else found.replace(second=0, microsecond=0)


class Suggest(forms.TextInput):
    """A text input whose browser list is filled while one types."""

    def __init__(self, address: str) -> None:
        super().__init__(
            attrs={
                "autocomplete": "off",
                "hx-get": address,
                "hx-trigger": "input changed delay:150ms, focus once",
                "hx-target": "next datalist",
                "hx-swap": "innerHTML",
            }
        )

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        identity = f"{(attrs or {}).get('id', name)}-suggestions"
        field = super().render(name, value, {**(attrs or {}), "list": identity}, renderer)
        return markup('{}<datalist id="{}"></datalist>', field, identity)


class ReferenceField(forms.CharField):
    """Another record, named by its text; the browser suggests while one types."""

    def __init__(self, *, kind: RecordType, viewer: Viewer, **options: Any) -> None:
        self.kind, self.viewer = kind, viewer
        widget = Suggest(kind.url("suggestions"))
        super().__init__(widget=widget, max_length=200, **options)

    def prepare_value(self, value: Any) -> Any:
        if value is None or isinstance(value, str):
            return value
        return references.unique_text(self.kind, self.viewer, value)

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return references.found(self.kind, self.viewer, text) if text else None

    def run_validators(self, value: Any) -> None:
        """The reference itself was the validation."""
