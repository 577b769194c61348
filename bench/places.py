"""Who is within 50 km: a condition over 235,000 located addresses, as lists ask it."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from random import Random

from bench._product import set_up, temporary_home
from bench._tools import Figure, Size, main, measured, percentile

KM = 50
NEAR = '{"v":1,"where":{"type":"all","children":[{"type":"near","km":100,"place":"Jena"}]}}'
MAPS: tuple[tuple[str, int, dict[str, str]], ...] = (
    ("all of three countries", 6, {}),
    ("one town", 11, {}),
    ("heat", 6, {"heat": "1"}),
    ("those within 100 km", 8, {"where": NEAR}),
)
COLUMNS = (
    "detail_id", "person_id", "organisation_id", "is_main", "country", "postal_code", "region",
    "latitude", "longitude", "band", "x", "y", "z", "precision", "source", "agrees",
)  # fmt: skip


def measure(options: argparse.Namespace) -> Iterator[Figure]:
    with temporary_home(options.postgresql):
        set_up()
        centres = scatter(options.addresses)[: options.centres]
        found, times = ask(centres, _condition)
        _, plain = ask(centres, _latitudes)
        _, near = ask(centres, _nearest)
        drawn = {words: _drawn(zoom, more) for words, zoom, more in MAPS}
    words = f"who is within {KM} km, of {options.addresses:,} (mean of {len(centres)} places)"
    yield measured(words, 1000 * sum(times) / len(times), "ms", at_most=5)
    yield measured("the same, p95", 1000 * percentile(times, 0.95), "ms")
    for words, (seconds, count) in drawn.items():
        yield measured(f"map of {options.addresses:,}, {words}: {count:,} dots", 1000 * seconds, "ms",
                       at_most=300)  # fmt: skip
    words = "for comparison: all between its latitudes, by plain SQL"
    yield measured(words, 1000 * sum(plain) / len(plain), "ms")
    yield measured("found on average", sum(found) / len(found))
    yield measured(
        "five within 5 km, as the page of a customer asks", 1000 * sum(near) / len(near), "ms"
    )


def _drawn(zoom: int, more: dict[str, str]) -> tuple[float, int]:
    """The seconds of what a window of the map asks, the best of three, and how many dots it has."""
    from django.http import QueryDict

    from kundenkreis.crm.people.places.mapping import Window, dots
    from kundenkreis.kernel.access import system
    from kundenkreis.records import named

    asked = QueryDict(mutable=True)
    asked.update({name: text for name, text in more.items() if name != "heat"})
    window, best, count = Window(5, 45, 17, 55.5, zoom), 1e9, 0
    if zoom > 8:
        window = Window(13.0, 52.3, 13.8, 52.7, zoom)
    for _ in range(3):
        began = time.perf_counter()
        count = len(dots(named("person"), system("bench"), asked, window, fine="heat" in more))
        best = min(best, time.perf_counter() - began)
    return best, count


def scatter(count: int) -> list[tuple[float, float]]:
    """Persons with an address each, at and around real postal codes; returns where some are."""
    from django.db import connections

    from kundenkreis.crm.people.models import ContactDetail, Location, Person, Place
    from kundenkreis.crm.people.places.distance import band, vector
    from kundenkreis.kernel import bulk, clock
    from kundenkreis.kernel.sides import Side
    from kundenkreis.kernel.transactions import unit_of_work

    random, now = Random(4), clock.now()
    places = list(
        Place.objects.values_list("country", "postal_code", "region", "latitude", "longitude")
    )
    where: list[tuple[float, float]] = []
    for start in range(0, count, 5_000):
        part = range(start + 1, min(start + 5_000, count) + 1)
        with unit_of_work(Side.CRM, "bench.scatter"):
            bulk.insert_objects(
                [Person(last_name=f"P{n}", created_at=now, changed_at=now) for n in part]
            )
            bulk.insert_objects([
                ContactDetail(person_id=n, kind="postal", value="x", folded="x", is_primary=True,
                              created_at=now, changed_at=now)
                for n in part
            ])  # fmt: skip
            rows = []
            for n in part:
                country, code, region, latitude, longitude = random.choice(places)
                latitude += random.gauss(0, 0.03)
                longitude += random.gauss(0, 0.05)
                where.append((latitude, longitude))
                rows.append((n, n, None, True, country, code, region, latitude, longitude,
                             band(latitude), *vector(latitude, longitude), "code", "geocoded", True))  # fmt: skip
            bulk.insert(Location, COLUMNS, rows)
    with connections["default"].cursor() as cursor:
        cursor.execute("ANALYZE")
    random.shuffle(where)
    return where


def ask(
    centres: list[tuple[float, float]], count: Callable[[float, float], int]
) -> tuple[list[int], list[float]]:
    """How many each question found, and its seconds."""
    found, times = [], []
    for latitude, longitude in centres:
        began = time.perf_counter()
        found.append(count(latitude, longitude))
        times.append(time.perf_counter() - began)
    return found, times


def _condition(latitude: float, longitude: float) -> int:
    """The rows of the condition "within", as filters of lists embed them, counted where they are."""
    from kundenkreis.crm.people.models import Location
    from kundenkreis.crm.people.places.distance import vector
    from kundenkreis.crm.people.places.within import Circle

    circle = Circle(latitude, longitude, vector(latitude, longitude), KM)
    return Location.objects.filter(circle.q, is_main=True, person_id__isnull=False).count()


def _latitudes(latitude: float, longitude: float) -> int:
    """What an index on latitude alone would have to look at."""
    from django.db import connections

    from kundenkreis.crm.people.places.distance import box

    bands = box(latitude, longitude, KM).bands
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM crm_people_location WHERE is_main AND person_id IS NOT NULL "
            "AND band BETWEEN %s AND %s",
            [bands[0], bands[-1]],
        )
        return int(cursor.fetchone()[0])


def _nearest(latitude: float, longitude: float) -> int:
    """What the page of a customer asks: the nearest five within 5 km."""
    from django.db.models import F

    from kundenkreis.crm.people.models import Location
    from kundenkreis.crm.people.places.distance import vector
    from kundenkreis.crm.people.places.within import Circle

    here = vector(latitude, longitude)
    x, y, z = (F(axis) - value for axis, value in zip("xyz", here, strict=True))
    rows = Location.objects.filter(
        Circle(latitude, longitude, here, 5).q, is_main=True, person_id__isnull=False
    )
    nearest = rows.order_by(x * x + y * y + z * z).values_list("person_id", flat=True)
    return len(nearest[:5])


if __name__ == "__main__":
    sys.exit(
        main(
            measure,
            __doc__,
            addresses=Size(235_000, 20_000, "located addresses"),
            centres=Size(100, 20, "places that are asked about"),
        )
    )
