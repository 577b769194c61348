"""`kundenkreis analyse experiment` on small files: what it reads, counts, refuses and prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from kundenkreis.insight.analyse.errors import UnreadableFile, UnusableColumn, UnusableOption
from kundenkreis.insight.analyse.grouping import CHUNK

if TYPE_CHECKING:
    from collections.abc import Callable

    Report = Callable[..., dict[str, Any]]
    Write = Callable[..., str]

SMALL = "group,bought,spent\ncontrol,0,0\ncontrol,1,10\noffer,1,20\noffer,1,4\n"


def variants(answer: dict[str, Any], outcome: int = 0) -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in answer["outcomes"][outcome]["variants"]}


def test_it_prints_the_agreed_shape(write: Write, report: Report) -> None:
    answer = report(write(SMALL), "--outcome", "bought", "--outcome", "spent")

    assert set(answer) == {"outcomes", "sample_ratio_p", "verdict", "warnings"}
    assert [outcome["name"] for outcome in answer["outcomes"]] == ["bought", "spent"]
    control, offer = answer["outcomes"][1]["variants"]
    assert control == {
        "name": "control",
        "n": 2,
        "mean": 5.0,
        "effect": None,
        "low": None,
        "high": None,
        "relative": {"effect": None, "low": None, "high": None},
        "fixed": {"low": None, "high": None, "p": None},
    }
    assert (offer["name"], offer["n"], offer["mean"], offer["effect"]) == ("offer", 2, 12.0, 7.0)
    assert offer["low"] < offer["fixed"]["low"] < 7 < offer["fixed"]["high"] < offer["high"]
    assert offer["relative"]["effect"] == pytest.approx(1.4)
    assert answer["sample_ratio_p"] == 1.0
    assert answer["verdict"] == "too_few"


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("name", ["data.csv", "data.csv.gz"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_it_reads_any_usual_csv(
    write: Write, report: Report, separator: str, name: str, encoding: str, ending: str
) -> None:
    text = SMALL.replace(",", separator).replace("\n", ending)
    answer = report(write(text, name, encoding), "--outcome", "spent")

    assert variants(answer)["offer"]["mean"] == 12.0


def test_it_finds_columns_and_values_whatever_their_unicode_form(
    write: Write, report: Report
) -> None:
    text = 'group,"Größe, ganz"\ncontrol,1\nändern,2\nändern,3\ncontrol,4\n'
    decomposed = text.replace("ö", "o\u0308").replace("ä", "a\u0308", 1)

    assert variants(report(write(decomposed), "--outcome", "Größe, ganz"))["ändern"]["n"] == 2


@pytest.mark.parametrize("yes", ["1", "TRUE", "true", "yes", "Yes ", "ja", "1.0", "t"])
@pytest.mark.parametrize("no", ["0", "False", "NO", "nein"])
def test_yes_and_no_are_one_and_zero(write: Write, report: Report, yes: str, no: str) -> None:
    text = f"group,bought\ncontrol,{yes}\ncontrol,{no}\noffer,{yes}\noffer,{yes}\n"
    found = variants(report(write(text), "--outcome", "bought"))

    assert (found["control"]["mean"], found["offer"]["mean"]) == (0.5, 1.0)


def test_it_leaves_missing_values_out_and_says_so(write: Write, report: Report) -> None:
    text = "group,bought,spent\ncontrol,1,\ncontrol,0,NA\ncontrol,1,5\noffer,,7\noffer,1,8\n,1,9\n\noffer,1\n"
    answer = report(write(text), "--outcome", "bought", "--outcome", "spent")
    bought, spent = variants(answer, 0), variants(answer, 1)

    assert (bought["control"]["n"], bought["offer"]["n"]) == (3, 2)
    assert (spent["control"]["n"], spent["offer"]["n"]) == (1, 2)
    assert answer["sample_ratio_p"] == 1.0, "three people were assigned to each"
    said = "\n".join(answer["warnings"])
    assert "1 row has no value in “group”" in said
    assert "1 row has no value in “bought”" in said
    assert "3 rows have no value in “spent”" in said


def test_it_sums_the_rows_of_a_unit_first(write: Write, report: Report) -> None:
    text = (
        "group,customer,spent\n"
        "control,a,1\ncontrol,a,2\ncontrol,b,5\noffer,c,4\noffer,d,\noffer,c,6\noffer,d,2\n"
        "control,both,100\noffer,both,100\noffer,,9\noffer,e,NA\n"
    )
    answer = report(write(text), "--outcome", "spent", "--unit", "customer")
    found = variants(answer)

    assert (found["control"]["n"], found["control"]["mean"]) == (2, 4.0)
    assert (found["offer"]["n"], found["offer"]["mean"]) == (2, 6.0)
    said = "\n".join(answer["warnings"])
    assert "1 unit was in more than one variant" in said
    assert "1 row has no value in “customer”" in said
    assert "1 unit has no value in “spent”" in said


def test_rows_without_a_unit_column_are_people(write: Write, report: Report) -> None:
    text = "group,customer,spent\ncontrol,a,1\ncontrol,a,2\noffer,c,4\noffer,c,6\n"

    assert variants(report(write(text), "--outcome", "spent"))["control"]["n"] == 2


def test_an_earlier_value_narrows_the_interval(write: Write, report: Report) -> None:
    rows = [f"{'offer' if n % 2 else 'control'},{n % 40},{n % 40 + n % 3}" for n in range(4_001)]
    path = write("group,before,spent\n" + "\n".join(rows))
    plain = report(path, "--outcome", "spent")
    better = report(path, "--outcome", "spent", "--prior", "before")
    width = [
        one["high"] - one["low"] for one in (variants(plain)["offer"], variants(better)["offer"])
    ]

    assert width[1] < width[0] / 5
    assert better["outcomes"][0]["variance_reduction"] > 0.99
    assert "variance_reduction" not in plain["outcomes"][0]


def test_an_earlier_value_in_every_row_of_a_unit_is_taken_once(
    write: Write, report: Report
) -> None:
    rows = []
    for n in range(400):
        for row in range(1 + n % 2 * 2):
            rows.append(
                f"{'offer' if n % 2 else 'control'},{n},{n % 20},{n % 20 + n % 3 if row == 0 else 0}"
            )
    answer = report(
        write("group,id,before,spent\n" + "\n".join(rows)),
        "--outcome",
        "spent",
        "--unit",
        "id",
        "--prior",
        "before",
    )

    assert answer["outcomes"][0]["variance_reduction"] > 0.95
    assert answer["warnings"] == []


def test_an_earlier_value_that_differs_within_a_unit_is_summed_and_said(
    write: Write, report: Report
) -> None:
    rows = []
    for n in range(400):
        group = "offer" if n % 2 else "control"
        rows += [f"{group},{n},{n % 20},", f"{group},{n},,{n % 20 + n % 3}"]
    answer = report(
        write("group,id,before,spent\n" + "\n".join(rows)),
        "--outcome",
        "spent",
        "--unit",
        "id",
        "--prior",
        "before",
    )

    assert answer["outcomes"][0]["variance_reduction"] > 0.95
    assert "“before” differs between the rows" in answer["warnings"][0]


def test_people_without_an_earlier_value_stay_in(write: Write, report: Report) -> None:
    rows = [
        f"{'offer' if n % 2 else 'control'},{'' if n % 10 < 2 else n % 7},{n % 7}"
        for n in range(1_000)
    ]
    answer = report(
        write("group,before,spent\n" + "\n".join(rows)), "--outcome", "spent", "--prior", "before"
    )

    assert variants(answer)["offer"]["n"] == 500
    assert "200 people have no value in “before”" in answer["warnings"][0]


def test_planned_weights_decide_what_a_mismatch_is(write: Write, report: Report) -> None:
    text = "group,bought\n" + "control,1\ncontrol,0\n" * 100 + "offer,1\noffer,0\n" * 300
    path = write(text)
    even = report(path, "--outcome", "bought")
    planned = report(path, "--outcome", "bought", "--weights", "control=25, offer=75")

    assert even["verdict"] == "blocked"
    assert even["sample_ratio_p"] < 1e-6
    assert "Sample-ratio mismatch" in even["warnings"][0]
    assert variants(even)["offer"]["low"] is not None, "figures are still printed"
    assert planned["verdict"] == "undecided"
    assert planned["sample_ratio_p"] == 1.0


def test_it_compares_several_variants_with_control(write: Write, report: Report) -> None:
    text = "group,bought\n" + "b,1\ncontrol,0\na,0\n" * 300 + "b,0\ncontrol,1\na,1\n" * 100
    answer = report(write(text), "--outcome", "bought")

    assert [row["name"] for row in answer["outcomes"][0]["variants"]] == ["control", "a", "b"]
    assert variants(answer)["b"]["effect"] == pytest.approx(0.5)
    assert answer["verdict"] == "positive"


def test_it_reads_more_rows_than_it_keeps_in_memory(write: Write, report: Report) -> None:
    rows = [f"{'offer' if n % 2 else 'control'},{n}" for n in range(2 * CHUNK + 10)]
    found = variants(report(write("group,spent\n" + "\n".join(rows)), "--outcome", "spent"))

    assert found["control"]["n"] == CHUNK + 5
    assert found["control"]["mean"] == pytest.approx((2 * CHUNK + 8) / 2)
    assert found["offer"]["effect"] == pytest.approx(1)


def test_it_prints_a_report_for_people(
    write: Write, command: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    text = (
        "group,bought\n"
        + "control,0\noffer,0\n" * 800
        + "control,0\noffer,1\n" * 100
        + "control,1\noffer,1\n" * 100
    )
    command(
        "experiment",
        write(text),
        "--variant",
        "group",
        "--control",
        "control",
        "--outcome",
        "bought",
    )
    printed = capsys.readouterr().out

    assert "Verdict: Higher than in the control group" in printed
    assert "+100.0 %" in printed
    assert "Please note" not in printed


@pytest.mark.parametrize(
    "value", ["1,5", "12 €", "1.234,50", "1_000", "inf", "1e300", "maybe", "0x1F"]
)
def test_it_guesses_no_number_and_names_the_line(write: Write, report: Report, value: str) -> None:
    text = f'group,spent\ncontrol,1\n\n"offer",2\noffer,"{value}"\n'
    with pytest.raises(UnusableColumn, match=r"“spent”, line 5") as caught:
        report(write(text), "--outcome", "spent")
    assert "1234.5" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "options", "kind", "said"),
    [
        ("", [], UnreadableFile, "is empty"),
        ("\n \n", [], UnreadableFile, "is empty"),
        ("group,spent\n", [], UnreadableFile, "has a header, but no rows"),
        ("group,spends\ncontrol,1\n", [], UnusableColumn, "“spent”.*“group”, “spends”"),
        ("group,spent,spent\ncontrol,1,2\n", [], UnusableColumn, "more than once"),
        ("group,spent\na,1\nb,2\n", [], UnusableOption, "“control”.*“a”, “b”"),
        ("group,spent\n,1\n,2\n", [], UnusableOption, "Its values are: none"),
        ("group,spent\ncontrol,1\n", [], UnusableOption, "nothing to compare"),
        ("group,spent\ncontrol,1,5\n", [], UnreadableFile, "Line 2 .* 3 values.* 2 columns"),
        (SMALL, ["--unit", "id"], UnusableColumn, "no column “id”"),
        (SMALL, ["--prior", "before"], UnusableColumn, "no column “before”"),
        (SMALL, ["--weights", "control=50"], UnusableOption, "“control”, “offer”"),
        (SMALL, ["--weights", "control=50,other=50"], UnusableOption, "“control”, “offer”"),
        (SMALL, ["--weights", "control=50,offer=0"], UnusableOption, "“offer=0” is no weight"),
        (SMALL, ["--weights", "control=50,offer=nan"], UnusableOption, "“offer=nan”"),
        (SMALL, ["--weights", "half"], UnusableOption, "“half” is no weight"),
    ],
)
def test_it_says_what_is_wrong_and_what_would_be_right(
    write: Write, report: Report, text: str, options: list[str], kind: type[Exception], said: str
) -> None:
    with pytest.raises(kind, match=said):
        report(write(text), "--outcome", "spent", *options)


def test_it_refuses_a_column_that_cannot_be_the_variant(write: Write, report: Report) -> None:
    text = "group,spent\n" + "".join(f"{n},1\n" for n in range(60))
    with pytest.raises(UnusableColumn, match="more than 50"):
        report(write(text), "--outcome", "spent")


def test_it_refuses_files_that_cannot_be_read(write: Write, report: Report) -> None:
    packed = write(SMALL * 50, "data.csv.gz")
    with open(packed, "rb+") as file:  # noqa: PTH123
        file.truncate(40)
    for path, said in (
        ("/nowhere/data.csv", "cannot be read"),
        (packed, "damaged"),
        (write(SMALL + "\0", "zero.csv"), "is no table"),
        (write('group,spent\ncontrol,"' + "9" * 200_000, "long.csv"), "not a readable CSV"),
    ):
        with pytest.raises(UnreadableFile, match=said):
            report(path, "--outcome", "spent")
