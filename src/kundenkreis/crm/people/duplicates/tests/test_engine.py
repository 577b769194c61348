"""The run as a whole: order, limits, two files, and blocks that stay bounded."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise

import pytest

from kundenkreis.crm.people.duplicates import blocking, scoring, table
from kundenkreis.crm.people.duplicates.engine import Found, Resources, Search, database, find
from kundenkreis.crm.people.duplicates.errors import TooLittleMemory
from kundenkreis.crm.people.duplicates.fields import Kind
from kundenkreis.crm.people.duplicates.folding import Row
from kundenkreis.crm.people.duplicates.tests.conftest import Facts, crowd, rows

PERSON = frozenset(
    {"first_name", "last_name", "birth_date", "street", "postcode", "place", "email"}
)


def test_pairs_come_best_first_and_always_in_the_same_order(
    search: Callable[..., Found],
) -> None:
    again = [{**one, "phone": ""} for one in crowd(12)]
    first, second = search(*again), search(*again)
    assert first == second
    assert all(one.score >= other.score for one, other in pairwise(first.pairs))
    assert first.same == 12


def test_a_limit_cuts_the_list_but_not_the_counts(search: Callable[..., Found]) -> None:
    found = search(*crowd(12), most=5)
    assert len(found.pairs) == 5
    assert found.same == 12


def test_two_files_are_compared_with_each_other_only() -> None:
    one, other = crowd(20), crowd(10)
    found = find(Search(Kind.PERSON, PERSON, 100), [rows([*one, *one]), rows(other)])
    assert {pair.left for pair in found.pairs} <= {str(at) for at in range(40)}
    assert {pair.right for pair in found.pairs} == {str(at) for at in range(10)}
    assert found.same == 20, "each of the second file is in the first one twice"


def test_pairs_scored_in_pieces_give_the_same_answer(
    search: Callable[..., Found], monkeypatch: pytest.MonkeyPatch
) -> None:
    again = [{**one, "phone": ""} for one in crowd(30)]
    whole = search(*again)
    monkeypatch.setattr(scoring, "PIECE", 7)
    assert whole.compared > 14
    assert search(*again) == whole


def test_an_empty_file_has_no_duplicates() -> None:
    found = find(Search(Kind.PERSON, PERSON, 100, has_truth=True), [[]])
    assert (found.pairs, found.rows, found.compared) == ([], [0], 0)
    assert found.truth is not None
    assert (found.truth.precision, found.truth.recall) == (None, None)


def test_who_is_the_same_by_way_of_another_becomes_one_with_them() -> None:
    """Of four rows of one person in a chain, all six pairs, not only the three that were called so."""
    chain = [
        {"first_name": "Jana", "last_name": "Weiß", "birth_date": "3.12.1971",},
        {"first_name": "Jana", "last_name": "Weiß", "birth_date": "3.12.1971", "email": "jw7@x.example"},
        {"first_name": "Jana", "last_name": "Weiß", "email": "jw7@x.example", "phone": "03641 123456"},
        {"first_name": "Jana", "last_name": "Weiß", "phone": "03641 123456"},
    ]  # fmt: skip
    made = [
        Row(str(at), {key: [value] for key, value in one.items()}, "1")
        for at, one in enumerate(chain)
    ]
    known = find(Search(Kind.PERSON, PERSON, 100, has_truth=True), [made]).truth
    assert known is not None
    assert (known.pairs, known.same) == (6, 3)
    assert (known.together, known.together_right) == (6, 6)
    assert (known.recall, known.recall_together) == (0.5, 1.0)


def test_reasons_show_the_values_as_they_were_given(search: Callable[..., Found]) -> None:
    one = {"first_name": "Jana", "last_name": "Weiß", "birth_date": "3.12.1971"}
    found = search(one, {**one, "last_name": "Weiss", "birth_date": "1971-12-03"})
    reasons = {one.field: one for one in found.pairs[0].reasons}
    assert reasons["last_name"].left == "Weiß"
    assert reasons["last_name"].right == "Weiss"
    assert reasons["birth_date"].agreement == "same"
    weights = [abs(one.weight) for one in found.pairs[0].reasons]
    assert weights == sorted(weights, reverse=True)


@pytest.mark.parametrize("most", [10, 40])
def test_a_key_that_everybody_shares_does_not_blow_the_pairs_up(most: int) -> None:
    everybody = [
        {"first_name": "Anna", "last_name": "Müller", "birth_date": "1980-01-01", "place": "Berlin"}
    ] * 1_000
    with database(Resources()) as connection:
        table.load(connection, Kind.PERSON, [rows(everybody)])
        blocked = blocking.block(connection, Kind.PERSON, across=False, most=most)
    assert blocked.pairs <= 1_000 * len(blocking.RULES[Kind.PERSON]) * most / 2
    assert blocked.left_out, "and it says that they were left out"


def test_a_skewed_key_is_made_finer_instead_of_being_dropped() -> None:
    people = [
        {"first_name": "Anna", "last_name": "Müller", "birth_date": f"{1930 + at % 70}-01-0{1 + at % 9}"}
        for at in range(400)
    ]  # fmt: skip
    with database(Resources()) as connection:
        table.load(connection, Kind.PERSON, [rows([*people, people[7]])])
        blocked = blocking.block(connection, Kind.PERSON, across=False, most=40)
        pairs = connection.execute("SELECT join_key_l, join_key_r FROM pair").fetchall()
    assert (7, 400) in pairs
    assert blocked.pairs < 401 * 400 / 2 / 4


def make_much(resources: Resources) -> None:
    with database(resources) as connection:
        connection.execute("SET temp_directory = ''")
        connection.execute("CREATE TABLE much AS SELECT range, random() FROM range(5_000_000)")


def test_too_little_memory_is_said_with_what_to_do() -> None:
    with pytest.raises(TooLittleMemory, match="8 MiB"):
        make_much(Resources(memory=8))
    make_much(Resources(memory=512))


def test_it_keeps_to_its_limits_and_fetches_nothing() -> None:
    names = ("memory_limit", "threads", "autoinstall_known_extensions", "autoload_known_extensions")
    with database(Resources(memory=256, threads=1)) as connection:
        kept = [
            connection.execute(f"SELECT current_setting('{name}')").fetchall()[0][0]
            for name in names
        ]
    assert kept == ["256.0 MiB", 1, False, False]


def test_nothing_heavy_is_loaded_before_the_first_search() -> None:
    code = (
        "import sys; import kundenkreis.crm.people.duplicates.engine;"
        "import kundenkreis.insight.analyse.duplicates;"
        "sys.exit(bool({'duckdb', 'splink', 'pyarrow', 'sqlglot'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_keys_of_a_large_base_are_made_finer_earlier() -> None:
    assert blocking.most_of(0) == blocking.most_of(50_000) == blocking.MOST
    assert blocking.most_of(100_000) == 40
    assert blocking.most_of(1_000_000) == blocking.most_of(10**9) == blocking.FEWEST


def test_the_pairs_of_all_keys_do_not_grow_faster_than_the_rows() -> None:
    def worst(rows: int) -> float:
        return rows * blocking.most_of(rows) / 2

    small, large = worst(50_000), worst(1_000_000)
    assert large / small < 1_000_000 / 50_000


def test_a_table_in_which_everybody_stands_twice_expects_twins(
    search: Callable[..., Found],
) -> None:
    """The same two rows are likelier one where others are, too."""
    one = {"first_name": "Jana", "last_name": "Wolfram", "birth_date": "1971-12-03"}
    other = {**one, "birth_date": "1973-02-03"}

    def score(among: list[Facts]) -> float:
        found = search(one, other, among=among)
        return next(pair.score for pair in found.pairs if {pair.left, pair.right} == {"0", "1"})

    assert score(crowd(60) * 2) > score(crowd(120))


def test_among_few_rows_those_are_compared_that_share_little() -> None:
    facts = [
        {"first_name": "Eva", "last_name": "Kern", "place": "Gera", "birth_date": "1960-07-01"},
        {"first_name": "Eva", "last_name": "Bach", "place": "Gera", "birth_date": "1960-05-30"},
    ]
    met = {}
    for few in (True, False):
        with database(Resources()) as connection:
            table.load(connection, Kind.PERSON, [rows(facts)])
            met[few] = blocking.block(connection, Kind.PERSON, across=False, few=few).pairs
    assert met == {True: 1, False: 0}
