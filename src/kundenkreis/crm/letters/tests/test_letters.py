"""Letters: written, refused where they may not go, finished, and in the timeline."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kundenkreis.crm.letters import queries
from kundenkreis.crm.letters.commands import change_letter, finish_letter
from kundenkreis.crm.letters.content import may_open
from kundenkreis.crm.letters.models import Letter, LetterTemplate
from kundenkreis.crm.letters.recipients import recipient_of, recipients
from kundenkreis.crm.letters.tests.paper import draft, jana, paper, reach, works
from kundenkreis.crm.people import contact_commands
from kundenkreis.crm.people.models import Informed, Organisation, Person, TimelineEntry
from kundenkreis.crm.people.permissions import record_objection
from kundenkreis.kernel.access import Level
from kundenkreis.kernel.errors import DomainError, NotAllowed
from kundenkreis.kernel.models import AuditChange
from kundenkreis.kernel.testing import ANNA, BEN, CARLA, CRM
from kundenkreis.records import named, write

pytestmark = pytest.mark.django_db(databases=CRM)


def _finished(letter: Letter) -> Letter:
    return finish_letter(actor=ANNA, letter_id=letter.pk)


def test_a_finished_letter_keeps_what_it_said_and_stands_in_the_timeline() -> None:
    person = jana()
    letter = _finished(draft(person=person))
    assert letter.content["address"] == ["Frau Dr. Jana Weiß", "Goethestraße 5", "07743 Weimar"]
    assert queries.shown(letter)["blocks"][0]["runs"][0]["text"].startswith(
        "Sehr geehrte Frau Dr. Weiß,"
    )
    entry = TimelineEntry.objects.get(person=person, kind="letter")
    assert entry.reference == f"crm.letter:{letter.pk}"
    assert entry.payload["subject"] == "Ihre Anfrage"
    person.refresh_from_db()
    assert person.contacted_on is not None
    # What happens to the person later does not change what was sent.
    write.change(named("person"), ANNA, person.pk, None, {"last_name": "Schwarz"})
    assert "Weiß" in str(queries.shown(Letter.objects.get(pk=letter.pk)))


def test_finishing_twice_writes_one_entry() -> None:
    letter = draft()
    _finished(letter)
    _finished(letter)
    assert TimelineEntry.objects.filter(kind="letter").count() == 1


def test_a_finished_letter_is_not_rewritten_but_can_be_given_to_somebody() -> None:
    letter = _finished(draft())
    with pytest.raises(DomainError, match="finished"):
        change_letter(actor=ANNA, letter_id=letter.pk, version=None, body="Anders")
    change_letter(actor=ANNA, letter_id=letter.pk, version=None, tags=["wichtig"])
    assert Letter.objects.get(pk=letter.pk).tags == ["wichtig"]


def test_who_objected_gets_no_letter_and_the_writer_learns_why() -> None:
    person = jana()
    record_objection(actor=ANNA, person_id=person.pk, channel="post", purpose="marketing")
    letter = draft(person=person, purpose=Letter.Purpose.ADVERTISING)
    with pytest.raises(DomainError, match="do not want it") as refused:
        _finished(letter)
    assert str(refused.value.hint)
    assert Letter.objects.get(pk=letter.pk).is_draft
    assert not TimelineEntry.objects.filter(kind="letter").exists()


def test_control_an_objection_to_advertising_does_not_stop_business() -> None:
    person = jana()
    record_objection(actor=ANNA, person_id=person.pk, channel="post", purpose="marketing")
    assert not _finished(draft(person=person)).is_draft


def test_a_privacy_notice_reaches_whoever_wants_no_advertising_and_tells_them() -> None:
    person, other = jana(), jana()
    record_objection(actor=ANNA, person_id=person.pk, channel="post", purpose="marketing")
    letter = draft(person=person, purpose=Letter.Purpose.NOTICE)
    assert not Informed.objects.exists()  # a draft tells nobody anything
    _finished(letter)
    _finished(draft(person=other))  # the control: another letter does not
    assert dict(Informed.objects.values_list("person", "how")) == {person.pk: "letter"}


@pytest.mark.parametrize("at_work", [False, True])
def test_an_objection_to_everything_stops_every_letter(at_work: bool) -> None:
    person = jana()
    record_objection(actor=ANNA, person_id=person.pk, channel="post", purpose="")
    firm = works() if at_work else None
    with pytest.raises(DomainError, match="do not want it"):
        _finished(draft(person=person, organisation=firm))


def test_somebody_without_an_address_is_reached_at_work() -> None:
    person = jana(place=False)
    with pytest.raises(DomainError):
        _finished(draft(person=person))
    letter = _finished(draft(person=person, organisation=works()))
    assert letter.content["address"] == [
        "Muster & Söhne KG", "Frau Dr. Jana Weiß", "Industriering 7", "73433 Aalen",
    ]  # fmt: skip


def test_an_address_that_does_not_arrive_is_none() -> None:
    person = jana(place=False)
    detail = contact_commands.add_contact_detail(
        actor=ANNA, holder=person, kind="postal", value="", street="Weg 1", postal_code="99423",
        town="Weimar", country="DE", state="bounced",
    )  # fmt: skip
    assert detail is None or detail.state == "bounced"
    assert recipient_of(draft(person=person)).refused


def test_abroad_the_country_stands_in_capitals_and_the_language_is_theirs() -> None:
    person = jana(place=False, language="en", salutation="Ms")
    reach(person, street="Ring 1", postal_code="1010", town="Wien", country="AT")
    letter = _finished(draft(person=person))
    assert letter.content["address"][-2:] == ["1010 Wien", "ÖSTERREICH"]
    assert letter.content["language"] == "en"
    assert letter.content["greeting"] == "Kind regards"
    assert "Dear Ms Dr. Weiß" in str(letter.content["blocks"])


def test_a_letter_to_a_company_greets_everybody_there() -> None:
    letter = _finished(draft(person=None, organisation=works()))
    assert letter.content["address"][0] == "Muster & Söhne KG"
    assert "Sehr geehrte Damen und Herren" in str(letter.content["blocks"])
    assert TimelineEntry.objects.get(kind="letter").organisation_id == letter.organisation_id


def test_a_letter_needs_a_recipient_and_known_placeholders() -> None:
    with pytest.raises(DomainError, match="somebody it goes to") as refused:
        draft(person=None, organisation=None)
    assert refused.value.field == "person"
    with pytest.raises(DomainError, match="no placeholder"):
        draft(body="{{ password }}")
    letter = draft()
    with pytest.raises(DomainError, match="no placeholder"):
        change_letter(actor=ANNA, letter_id=letter.pk, version=None, subject="{{ x }}")


def test_p_a_placeholder_tells_nothing_that_is_hidden_from_the_writer() -> None:
    blind = replace(ANNA, hidden=MappingProxyType({"crm.person": frozenset({"customer_number"})}))
    with pytest.raises(DomainError, match="customer_number"):
        draft(actor=blind, body="Nr. {{ customer_number }}")
    assert draft(body="Nr. {{ customer_number }}").pk
    assert not may_open(blind)


def test_letters_to_people_one_may_not_know_are_not_there() -> None:
    letter = draft()
    reader = replace(
        CARLA,
        grants=MappingProxyType(
            {
                **dict.fromkeys(("crm.letter.read", "crm.letterhead.read"), Level.ALL),
                "crm.organisation.read": Level.ALL,
                "crm.person.read": Level.OWN,
            }
        ),
    )
    assert not queries.letters(reader).filter(pk=letter.pk).exists()
    knows = replace(
        CARLA,
        grants=MappingProxyType(
            dict.fromkeys(
                (
                    *("crm.letter.read", "crm.letterhead.read"),
                    *("crm.person.read", "crm.organisation.read"),
                ),
                Level.ALL,
            )
        ),
    )
    assert queries.letters(knows).filter(pk=letter.pk).exists()


def test_nobody_without_the_right_writes_or_finishes() -> None:
    with pytest.raises(NotAllowed):
        draft(actor=CARLA)
    letter = draft()
    with pytest.raises(NotAllowed):
        finish_letter(actor=CARLA, letter_id=letter.pk)


def test_templates_are_seen_by_whom_they_are_shared_with() -> None:
    def made(sharing: str, **values: object) -> int:
        values = {"name": sharing, "body": "x", "sharing": sharing, **values}
        found: LetterTemplate = write.create(named("lettertemplate"), ANNA, values)
        return found.pk

    anna = replace(ANNA, user_id=901)
    ben = replace(BEN, user_id=902, team_ids=frozenset({7}), grants=ANNA.grants)
    private = made("private", owner_id=901)
    team = made("team", owner_id=901, team_id=7)
    public = made("public", owner_id=901)
    assert set(queries.templates(anna).values_list("pk", flat=True)) == {private, team, public}
    assert set(queries.templates(ben).values_list("pk", flat=True)) == {team, public}
    stranger = replace(ben, team_ids=frozenset({8}))
    assert set(queries.templates(stranger).values_list("pk", flat=True)) == {public}


def test_a_letterhead_says_what_the_law_asks_of_its_legal_form() -> None:
    assert paper(register_number="", managers="").missing == ["register_number", "managers"]
    assert paper(name="Zwei", legal_form="none", managers="", seat="").missing == []
    assert "chair" in paper(name="Drei", legal_form="ag").missing


def test_many_recipients_cost_a_fixed_number_of_queries() -> None:
    firm = works()
    people = [jana(last_name=f"Weiß {number}") for number in range(6)]
    whom: list[tuple[Person | None, Organisation | None]] = [(one, firm) for one in people]
    with CaptureQueriesContext(connection) as few:
        recipients(whom[:1], "orders")
    with CaptureQueriesContext(connection) as many:
        found = recipients(whom, "orders")
    assert len(many) == len(few)
    assert all(one.address for one in found)


def test_what_a_letter_says_is_not_in_the_audit_twice() -> None:
    letter = _finished(draft())
    said = [str(row.fields) for row in AuditChange.objects.using("default")]
    assert not any("return_line" in one for one in said)
    assert letter.content["return_line"]


def test_no_letter_goes_to_somebody_who_has_died() -> None:
    person = jana(ended="deceased")
    for purpose in Letter.Purpose.values:
        (to,) = recipients([(person, None)], purpose)
        assert "died" in str(to.refused)
        assert "settles their matters" in str(to.next_step)
