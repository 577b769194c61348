"""What people type into letters is text with few marks, and a list of placeholders."""

from __future__ import annotations

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
