"""The vocabulary of declarations: frozen values that point at fields and functions.

    PERSON = register(RecordType(
        model=Person, slug="persons", icon="users", order="name",
        columns=(Column("name", _("Name"), cell=name_of, sort=("last_name", "first_name")), …),
        sections=(Section(_("Facts"), ("salutation", "first_name", "last_name")),),
        search=("last_name", "first_name"),
    ))

Labels, choices, help and constraints come from the Django model: nothing is said twice.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.utils import translation
from django.utils.text import capfirst, slugify

from kundenkreis.kernel.access import Level, Viewer
from kundenkreis.kernel.errors import NotFound
from kundenkreis.kernel.fields import is_custom
from kundenkreis.kernel.sides import Side, side_of_label
from kundenkreis.records.reading import readable_rows

if TYPE_CHECKING:
    from pathlib import Path

    from django.db.models import Model, Q, QuerySet
    from django.forms import Field
    from django.utils.safestring import SafeString
    from django_stubs_ext import StrOrPromise

    from kundenkreis.kernel.models import RemovedRow

Command = Callable[..., Any]
ACTIONS = frozenset({"create", "change", "remove", "import", "export"})


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a list, or one fact of a record page.

    Parameters: `name` is a field, or free when `cell` makes the content (escaped text or safe
    markup) from a record; `sort` names the fields it sorts by, none for a column without a field;
    `keep` shows it on phones; `text` is what an
    export writes in place of a cell that is made by a function; `width` in pixels, else as wide as
    its content; an `extra` one is offered, and shown where somebody has chosen it.
    """

    name: str
    label: StrOrPromise = ""
    cell: Callable[[Any], object] | None = None
    sort: tuple[str, ...] = ()
    keep: bool = False
    text: Callable[[Any], str] | None = None
    width: int = 0
    extra: bool = False


@dataclass(frozen=True, slots=True)
class Input:
    """Something a new record is made with that is no column of its own, e.g. an e-mail address.

    `make(viewer)` gives the form field; the value goes to the type's create command as `name`.
    Where `read(record)` tells the present value and the command `change(actor, record, value)` sets
    another one, files and cells of lists can change it, too; values with the same `plain` form are the same.
    """

    name: str
    make: Callable[[Viewer], Field]
    read: Callable[[Any], str] | None = None
    change: Command | None = None
    plain: Callable[[str], str] = str

    @property
    def changes(self) -> bool:
        """Whether it can be changed later, too."""
        return self.read is not None and self.change is not None


@dataclass(frozen=True, slots=True)
class Section:
    """A group of facts on the record page; fields that may be changed are edited in place."""

    title: StrOrPromise
    facts: tuple[str | Column, ...]
    made: str = ""

    @property
    def key(self) -> str:
        """Its name in layouts, whatever the language: `facts`."""
        if self.made:
            return self.made
        with translation.override(None):
            return slugify(str(self.title))


@dataclass(frozen=True, slots=True)
class Figure:
    """A key figure above the timeline, already formatted."""

    label: StrOrPromise
    value: str
    note: StrOrPromise = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Tag:
    """A word beside a record's name."""

    label: StrOrPromise
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Button:
    """What can be done from a record's title bar, and from the palette of its page.

    Parameters: `url` is a link, or with `post` what is sent at once; instead, `opens` names a
    dialogue of the page, and `edits` a fact that is changed in place. `menu` puts it behind "more";
    `key` is its shortcut.
    """

    label: StrOrPromise
    url: str = ""
    icon: str = ""
    primary: bool = False
    post: bool = False
    opens: str = ""
    edits: str = ""
    menu: bool = False
    danger: bool = False
    key: str = ""

    @property
    def kind(self) -> str:
        return "primary" if self.primary else "danger" if self.danger else ""


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of the record page with its own template.

    `data(viewer, record)` gives what the template sees as `panel`; None leaves the panel out.
    `place` is "left", "centre" or "right"; panels of one place stand in the order of `position`.
    `shows` names the lists of related records (`page.relatedlists`) in whose place it stands.
    """

    name: str
    template: str
    data: Callable[[Viewer, Any], Mapping[str, Any] | None]
    place: str = "right"
    position: int = 50
    shows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lane:
    """One column of a board. `where` narrows its cards, `weight` is a chance in percent.

    `adds` offers to create a record in it; a `zone` shows only while a card is dragged.
    """

    key: int
    title: str
    tone: str = ""
    note: StrOrPromise = ""
    weight: int | None = None
    where: Q | None = None
    adds: bool = True
    zone: bool = False


@dataclass(frozen=True, slots=True)
class Board:
    """Records as cards in the lanes of one field.

    `lanes(viewer, chosen)` gives the lanes, `chosen` being the request's parameters; `move` is a
    command `move(*, actor, <type>_id, <field>_id, **asked)`; when it refuses with an error whose
    `field` is one of `asks`, the board asks for it. `value` names a money field to add up,
    `card(record, owner)` makes the card of a record with its owner's name.
    """

    field: str
    lanes: Callable[[Viewer, Mapping[str, str]], Sequence[Lane]]
    move: Command
    card: Callable[[Any, str], SafeString]
    value: str = ""
    asks: tuple[str, ...] = ()
    order: tuple[str, ...] = ("-changed_at", "-id")


@dataclass(frozen=True, slots=True)
class Key:
    """What a record in a file may be known again by: fields of the form.

    `find(viewer, wanted)` gives the numbers of the visible records for each of the wanted tuples of
    texts; a single column finds its own. A `weak` key only warns of records that may be the same,
    unless somebody chooses it; one that `warns` cannot be chosen, as it finds what is merely similar.
    """

    names: tuple[str, ...]
    label: StrOrPromise
    find: (
        Callable[[Viewer, Collection[tuple[str, ...]]], Mapping[tuple[str, ...], set[int]]] | None
    ) = None
    weak: bool = False
    warns: bool = False


@dataclass(frozen=True, slots=True)
class Exchange:
    """What goes out as a file beyond the columns of the list; imports take the form's fields.

    `keys` are what an import finds existing records by; `must` names the fields that every imported
    record needs a value in, `may` those that are asked for beside them and may stay empty; `profiles` is a folder of data files about other products' columns.
    """

    fields: tuple[str, ...] = ()
    keys: tuple[Key, ...] = ()
    must: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    profiles: Path | None = None


def name_of(fact: str | Column) -> str:
    return fact if isinstance(fact, str) else fact.name


def _nothing(record: Any) -> Iterable[Tag]:
    return ()


@dataclass(frozen=True, kw_only=True)
class RecordType:
    """Everything pages, import, export and commands need to know about one type of record.

    Parameters: `slug` is its place in addresses and never changes; `order` a column's name, with
    "-" for descending; `query(viewer)` gives the visible rows, by default those the right to read
    reaches; `removed(viewer, rows)` narrows its deleted records in the same way where rights alone do
    not say who may know of them; `create`, `change` and `remove` are commands that replace the default ones, and
    `create_many(actor, rows)` is the set-based form of `create`, with a record or an error for each, and
    `remove_many(actor, records)` that of `remove`; `form`
    names the fields and `inputs` of a new record; `filters` the fields offered above the list; `preset(viewer)`
    gives values of a new record that nobody needs to type; `about` tells newcomers in one sentence
    what the records are; `always` names fields that cannot be hidden from whoever may read the type,
    because its name or its pages are made by them; `changes` names the only fields of its own that
    staff may change, such as none of an order that came from a shop; `look_up(text)` gives the numbers of records
    that are found by exactly this text, beside what `search` finds; `brief` names the columns that
    lists on the pages of related records show beside a name, by default those kept on phones, and
    `called` what such a list is called, by the relation that leads to the page; with `merges` two
    of its records can become one; a type of which there are `few` records, such as a catalogue, is
    chosen from in a menu instead of by typing.
    """

    model: type[Model]
    slug: str
    icon: str
    columns: tuple[Column, ...]
    order: str = "-id"
    sections: tuple[Section, ...] = ()
    search: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    query: Callable[[Viewer], QuerySet[Any]] | None = None
    removed: Callable[[Viewer, QuerySet[RemovedRow]], QuerySet[RemovedRow]] | None = None
    create: Command | None = None
    create_many: Command | None = None
    change: Command | None = None
    remove: Command | None = None
    remove_many: Command | None = None
    actions: frozenset[str] = ACTIONS
    form: tuple[str, ...] = ()
    inputs: tuple[Input, ...] = ()
    preset: Callable[[Viewer], Mapping[str, Any]] | None = None
    square: bool = False
    subtitle: Callable[[Any], str] | None = None
    tags: Callable[[Any], Iterable[Tag]] = _nothing
    figures: Callable[[Viewer, Any], Iterable[Figure]] | None = None
    buttons: Callable[[Viewer, Any], Iterable[Button]] | None = None
    panels: tuple[Panel, ...] = ()
    board: Board | None = None
    exchange: Exchange = Exchange()
    about: StrOrPromise = ""
    always: tuple[str, ...] = ()
    changes: frozenset[str] | None = None
    look_up: Callable[[str], QuerySet[Any]] | None = None
    brief: tuple[str, ...] = ()
    called: Mapping[str, StrOrPromise] = field(default_factory=dict)
    merges: bool = False
    few: bool = False

    @cached_property
    def name(self) -> str:
        """The type's name in rights, references and commands: `opportunity`."""
        return str(self.model._meta.model_name)

    @cached_property
    def side(self) -> Side:
        return side_of_label(self.model._meta.app_label) or Side.CRM

    @cached_property
    def context(self) -> str:
        """The business context it belongs to: `sales`."""
        return self.model._meta.app_label.partition("_")[2]

    @cached_property
    def owned(self) -> bool:
        """Whether its records are somebody's: rights to them may reach less than all."""
        return any(column.name == "owner_id" for column in self.model._meta.concrete_fields)

    @property
    def label(self) -> StrOrPromise:
        return self.model._meta.verbose_name or self.name

    @property
    def label_plural(self) -> StrOrPromise:
        return self.model._meta.verbose_name_plural or self.slug

    @property
    def title(self) -> str:
        """The plural as a heading."""
        return capfirst(str(self.label_plural))

    def way(self, name: str) -> Input | None:
        """What is no field of its own but can be read and changed by that name, such as an e-mail
        address."""
        return next((one for one in self.inputs if one.name == name and one.changes), None)

    @property
    def searchable(self) -> bool:
        return bool(self.search or self.look_up)

    @cached_property
    def subject(self) -> str:
        """The type across both sides, as rights to fields name it: `crm.opportunity`."""
        return f"{self.side}.{self.name}"

    def sees(self, viewer: Viewer, name: str) -> bool:
        """Whether the viewer may know the field: shown, sorted, filtered, counted or exported."""
        return viewer.sees(self.subject, name)

    def sets(self, viewer: Viewer, name: str) -> bool:
        """Whether the viewer may change the field, where they may change the record."""
        return not self.settled(name) and viewer.sets(self.subject, name)

    def settled(self, name: str) -> bool:
        """Whether nobody changes the field by hand."""
        return self.changes is not None and name not in self.changes and not is_custom(name)

    def columns_for(self, viewer: Viewer) -> tuple[Column, ...]:
        """The columns of its list that the viewer may know of."""
        return tuple(column for column in self.columns if self.sees(viewer, column.name))

    def right(self, action: str) -> str:
        return f"{self.side}.{self.name}.{action}"

    def may(self, viewer: Viewer, action: str) -> bool:
        """Whether the type has the action and the viewer has the right to it."""
        return (action == "read" or action in self.actions) and viewer.may(self.right(action))

    def reaches(self, viewer: Viewer, action: str, record: Any) -> bool:
        """Whether the viewer may do this with this record."""
        return self.reached(viewer, action, [record])[0]

    def reached(self, viewer: Viewer, action: str, records: Sequence[Any]) -> list[bool]:
        """The same of each of some records, with one question for all of them. What nobody owns is
        everybody's who has the whole right."""
        if not self.may(viewer, action):
            return [False] * len(records)
        if not self.owned:
            return [viewer.level(self.right(action)) is Level.ALL] * len(records)
        return viewer.covered(self.right(action), records)

    def rows(self, viewer: Viewer) -> QuerySet[Any]:
        """The rows the viewer may read."""
        return readable_rows(self, viewer)

    def one(self, viewer: Viewer, pk: int) -> Any:
        """One visible record. Raises `NotFound`."""
        found = self.rows(viewer).filter(pk=pk).first()
        if found is None:
            raise NotFound
        return found

    def url(self, *parts: object) -> str:
        """An address of this type: `url()` is the list, `url(17, "edit", "name")` a part of one."""
        return "/".join([f"/{self.side}/{self.slug}", *(str(part) for part in parts), ""])

    def column(self, name: str) -> Column | None:
        found = next((column for column in self.columns if column.name == name), None)
        return Column(name) if found is None and is_custom(name) else found
