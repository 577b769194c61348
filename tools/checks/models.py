"""The models as Django sees them: no relation crosses databases, every column is accounted for.

Needs Django set up, so `tools.check` runs it as a program of its own: `python -m
tools.checks.models`.
"""

from __future__ import annotations

import sys
from collections.abc import Container, Iterable, Iterator, Mapping
from importlib import import_module

from kundenkreis.kernel.privacy import RECORD_ONLY, Period, Use, promises
from kundenkreis.kernel.sides import side_of_label


def crossing(relations: Iterable[tuple[str, str, str]]) -> Iterator[str]:
    """Relations that would need rows of another database.

    `relations` are (label of the model that holds the key, field, label of the model it points at).
    """
    for holder, field, target in relations:
        here, there = (side_of_label(label.split(".")[0]) for label in (holder, target))
        if there is not None and there is not here:
            sides = f"{here or 'both sides'} → {there}"
            yield f"{holder}.{field} points at {target} ({sides}): use a plain id"


def unaccounted(
    columns: Mapping[str, Iterable[str]], privacy: Mapping[str, Mapping[str, object]]
) -> Iterator[str]:
    """Columns without purpose, legal basis and retention, and entries for columns that are gone."""
    for model, names in columns.items():
        known = set(privacy.get(model, {}))
        yield from (f"{model}.{name} is not in privacy.py" for name in sorted(set(names) - known))
        yield from (
            f"{model}.{name} in privacy.py is no column" for name in sorted(known - set(names))
        )
    yield from (
        f"{model} in privacy.py is no model" for model in sorted(set(privacy) - set(columns))
    )


def incomplete(privacy: Mapping[str, Mapping[str, object]]) -> Iterator[str]:
    """Entries that leave a question open."""
    for model, uses in privacy.items():
        for column, use in uses.items():
            for question in ("purpose", "basis", "keep"):
                if not getattr(use, question, ""):
                    yield f"{model}.{column} in privacy.py does not say its {question}"


def unkept(
    dates: Mapping[str, Container[str]], privacy: Mapping[str, Mapping[str, Use]]
) -> Iterator[str]:
    """Promises that nobody keeps: of an unknown form, from no date, two at once, or unexplained.

    `dates` are the columns of each model, and of what it points at, that a time may run from.
    """
    for model, uses in privacy.items():
        for column, use in uses.items():
            place = f"{model}.{column} in privacy.py"
            if use.keep == RECORD_ONLY:
                if use.since:
                    yield f"{place} is kept as long as its record, so not since {use.since}"
                continue
            try:
                Period.of(use.keep)
            except ValueError as error:
                yield f"{place}: {error}"
            if use.since and use.since not in dates.get(model, ()):
                yield f"{place}: {use.since} is no date of {model}"
            if not (use.since or use.but):
                yield f"{place} promises {use.keep}: say since when, or in “but” who sees to it"
    try:
        promises(privacy)
    except ValueError as error:
        yield f"privacy.py: {error}"


def check() -> list[str]:
    """Walks every model of the installed apps; Django must be set up."""
    from django.apps import apps
    from django.db.models import DateField, Field, Model

    from kundenkreis.crm.accounts.privacy import LIBRARIES

    def fields(model: type[Model]) -> list[Field[object, object]]:
        return [*model._meta.local_concrete_fields, *model._meta.local_many_to_many]

    def times(model: type[Model]) -> Iterator[str]:
        for field in model._meta.local_concrete_fields:
            if isinstance(field, DateField):  # and instants
                yield field.name
            elif isinstance(target := field.related_model, type):
                own = target._meta.local_concrete_fields
                yield from (f"{field.name}__{d.name}" for d in own if isinstance(d, DateField))

    models = [m for m in apps.get_models(include_auto_created=True) if not m._meta.proxy]
    relations = [
        (model._meta.label, field.name, field.related_model._meta.label)
        for model in models
        for field in fields(model)
        if isinstance(field.related_model, type)
    ]
    found = list(crossing(relations))
    generic = {"GenericForeignKey", "GenericRelation"}
    found += [
        f"{model._meta.label}.{field.name}: a generic reference is text, not a {type(field).__name__}"
        for model in models
        for field in model._meta.private_fields
        if type(field).__name__ in generic
    ]
    for config in apps.get_app_configs():
        own = [model for model in models if model._meta.app_config is config]
        if not own:
            continue
        columns = {
            model.__name__: [field.name for field in fields(model)]
            for model in own
            if not model._meta.auto_created
        }
        try:
            if config.name.startswith("kundenkreis."):
                privacy = import_module(f"{config.name}.privacy").PRIVACY
            else:
                privacy = LIBRARIES.get(config.label, {})
        except ModuleNotFoundError as missing:
            if missing.name != f"{config.name}.privacy":
                raise
            found.append(f"{config.name} has tables but no privacy.py")
            continue
        dates = {model.__name__: set(times(model)) for model in own}
        problems = [
            *unaccounted(columns, privacy),
            *incomplete(privacy),
            *unkept(dates, privacy),
        ]
        found += [f"{config.name}: {problem}" for problem in problems]
    return found


def main() -> int:
    import django

    django.setup()
    found = check()
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
