"""What people type into letters is text with few marks, and a list of placeholders."""

from __future__ import annotations

import time

import pytest

from kundenkreis.crm.letters import body
from kundenkreis.kernel.errors import DomainError


def _plain(text: str) -> list[str]:
    found = []
    for block in body.blocks(text):
        for runs in [block["runs"]] if block["kind"] == "text" else block["items"]:
            found.append("".join(run["text"] for run in runs))
    return found


def test_empty_lines_part_paragraphs_and_other_breaks_stay() -> None:
    assert _plain("Eins\nzwei\n\n\n  \nDrei\r\n\r\nVier") == ["Eins\nzwei", "Drei", "Vier"]


def test_lists_are_told_from_text_and_from_each_other() -> None:
    found = body.blocks("Anbei:\n- Preis *neu*\n- **Plan**\n1. Erstens\n2) Zweitens")
    assert [block["kind"] for block in found] == ["text", "list", "numbers"]
    assert found[1]["items"][1] == [{"text": "Plan", "bold": True, "italic": False}]
    assert found[1]["items"][0][1] == {"text": "neu", "bold": False, "italic": True}


@pytest.mark.parametrize(
    "text", ["2 * 3 * 4", "a*b", "**", "* x", "#strong[x] $x$ <b>", "{{", "}}"]
)
def test_what_is_no_mark_stays_as_it_was_typed(text: str) -> None:
    assert "".join(_plain(text)) == text.strip("\n")
    assert all(not run["bold"] for block in body.blocks(text) for run in block.get("runs", ()))


def test_placeholders_are_names_and_never_programs() -> None:
    values = {"salutation": "Liebe {{ sender }}", "sender": "Anna"}
    assert body.filled("{{ salutation }} {{sender}} {{ x }}", values) == (
        "Liebe {{ sender }} Anna {{ x }}"
    )


@pytest.mark.parametrize("name", ["nobody", "person.pk", "salutation|upper", "% if x %", ""])
def test_a_placeholder_that_there_is_not_is_refused_with_those_there_are(name: str) -> None:
    with pytest.raises(DomainError, match="salutation") as refused:
        body.require_known(f"Hallo {{{{ {name} }}}}", ["salutation"], "body")
    assert refused.value.field == "body"


def test_control_a_known_placeholder_is_not_refused() -> None:
    body.require_known("{{salutation}} {{  salutation  }}", ["salutation"], "body")


def test_what_a_placeholder_stands_for_is_text_and_makes_no_list_and_no_mark() -> None:
    values = {"date": "28. November 2026", "organisation": "*Stern* & **Co**", "name": "- Ada"}
    found = body.blocks("{{date}}\n{{ organisation }}\n{{name}}\n**{{date}}**", values)
    assert [block["kind"] for block in found] == ["text"]
    assert [(run["text"], run["bold"]) for run in found[0]["runs"]] == [
        ("28. November 2026\n*Stern* & **Co**\n- Ada\n", False),
        ("28. November 2026", True),
    ]


def test_a_list_counts_from_one_so_a_day_at_the_start_of_a_line_stays_that_day() -> None:
    text = "Unser Termin:\n28. November 2026\n1. Begrüßung\n2. Rundgang\n4. Mai"
    found = body.blocks(text)
    assert [block["kind"] for block in found] == ["text", "numbers", "text"]
    assert found[0]["runs"][0]["text"].endswith("28. November 2026")
    assert found[2]["runs"][0]["text"] == "4. Mai"


@pytest.mark.parametrize("text", ["{{" + " " * 19_000, "**a " * 4_700, "{{" * 9_000, "*a" * 9_000])
def test_the_longest_text_is_read_at_once_whatever_it_is(text: str) -> None:
    begun = time.process_time()
    body.require_known(text, ["name"], "body")
    body.blocks(text, {"name": "Ada"})
    assert (
        time.process_time() - begun < 1
    )  # far below what a search that starts over at each sign takes
