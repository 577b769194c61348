from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import pytest

from kundenkreis.engage.campaigns.commands import end_campaign
from kundenkreis.engage.campaigns.tests.test_commands import make_campaign
from kundenkreis.insight.models import UpliftReport
from kundenkreis.insight.statistics import Verdict
from kundenkreis.insight.uplift.calculation import CHILD, Calculation
from kundenkreis.insight.uplift.commands import keep_report, refresh_report
from kundenkreis.insight.uplift.drafting import Draft
from kundenkreis.insight.uplift.queries import latest_reports, report_history
from kundenkreis.insight.uplift.refreshing import AFTERGLOW, Reporter, followed_campaigns
from kundenkreis.insight.uplift.report import Counted, Found, Given, Report
from kundenkreis.insight.uplift.tests.test_calculation import FAILING, GIVEN, SLOW
from kundenkreis.insight.uplift.tests.test_outcomes import NOON, arms, expose, order
from kundenkreis.kernel.clock import freeze
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.testing import ANNA, BOTH

pytestmark = pytest.mark.django_db(databases=BOTH)

# Answers at once; the statistics themselves are none of a queue's business.
NOTHING = Found((), None, Verdict.TOO_FEW, {}, {}, None)
QUICK = (sys.executable, "-c", f"print({json.dumps(asdict(NOTHING))!r})")


def quick(given: Given) -> Calculation:
    """Fails for campaigns in francs."""
    return Calculation(given, program=FAILING if given.currency == "CHF" else QUICK)


def finish(reporter: Reporter) -> None:
    end = time.monotonic() + 20
    while not reporter.collect():
        assert time.monotonic() < end
        time.sleep(0.01)


def rounds(reporter: Reporter, count: int) -> list[int]:
    """The campaigns whose reports were worked out, one order arriving before each round."""
    found = []
    buyer = expose(campaign := make_campaign(started=False), arms(campaign)[0])
    with freeze(NOON) as clock:
        for _ in range(count):
            clock.advance(seconds=10)
            order(buyer, after_hours=1)
            reporter.begin()
            try:
                finish(reporter)
            except DomainError:
                found.append(0)
            else:
                found.append(UpliftReport.objects.latest("at", "id").campaign_id)
    return found


def keep(campaign_id: int, number: int = 0) -> UpliftReport:
    """A report that is known by its number of people left out."""
    draft = Draft(campaign_id, "", GIVEN, Counted({}, mixed=number))
    return keep_report(actor=ANNA, draft=draft, found=NOTHING)


def number_of(report: UpliftReport) -> int:
    return Report.read(report.result).counted.mixed


def test_campaigns_take_turns_though_orders_never_stop() -> None:
    one, two, three = (make_campaign().pk for _ in range(3))
    assert rounds(Reporter(quick), 6) == [one, two, three, one, two, three]


def test_after_a_restart_the_oldest_report_comes_first() -> None:
    one, two = make_campaign(), make_campaign()
    for campaign, at in ((two, NOON - timedelta(hours=2)), (one, NOON - timedelta(hours=1))):
        with freeze(at):
            keep(campaign.pk)
    assert rounds(Reporter(quick), 2) == [two.pk, one.pk]


def test_a_campaign_that_fails_does_not_block_the_others_and_is_tried_again_later() -> None:
    make_campaign(currency="CHF")
    one, two = make_campaign().pk, make_campaign().pk
    found = rounds(Reporter(quick), 9)
    assert found == [0, one, two, one, two, one, 0, two, one]


def test_the_loop_goes_on_while_the_statistics_run() -> None:
    make_campaign()
    started: list[Calculation] = []

    def slow(given: Given) -> Calculation:
        started.append(Calculation(given, program=SLOW))
        return started[-1]

    reporter = Reporter(slow)
    began = time.monotonic()
    for _ in range(3):
        reporter.begin()
        assert not reporter.collect()
    assert time.monotonic() - began < 5
    assert len(started) == 1
    started[0].close()


def test_a_registered_look_is_taken_when_its_window_closes_though_nothing_happens() -> None:
    campaign = make_campaign(horizon=1, window_hours=24)
    for variant in arms(campaign):
        expose(campaign, variant)
    reporter = Reporter(lambda given: Calculation(given, program=QUICK))
    looks = []
    with freeze(NOON) as clock:
        for _ in range(6):
            clock.advance(hours=8)
            reporter.begin()
            if reporter._current:
                finish(reporter)
                looks.append((clock.instant, UpliftReport.objects.latest("at").result["fixed"]))
    hours = timedelta(hours=8)
    assert looks == [(NOON + hours, False), (NOON + 3 * hours, True)]


def test_a_campaign_is_followed_until_its_last_orders_can_no_longer_change() -> None:
    campaign = make_campaign(window_hours=90 * 24)
    ended = end_campaign(actor=ANNA, campaign_id=campaign.pk).ended_at
    assert isinstance(ended, datetime)
    last = ended + timedelta(days=90) + AFTERGLOW
    assert followed_campaigns(last) == [campaign]
    assert not followed_campaigns(last + timedelta(seconds=1))


def test_drafts_are_not_reported_on() -> None:
    make_campaign(started=False)
    assert not followed_campaigns(NOON)


def test_the_last_report_of_each_minute_stays_however_often_it_is_worked_out() -> None:
    with freeze(NOON) as clock:
        for number in range(60):
            keep(1, number)
            clock.advance(seconds=30)
    history = report_history(ANNA, 1)
    assert [number_of(report) for report in history] == list(range(1, 60, 2))


def test_after_a_day_the_last_report_of_each_hour_stays() -> None:
    with freeze(NOON) as clock:
        for number in range(27 * 4):  # a quarter of an hour each
            keep(1, number)
            clock.advance(minutes=15)
    history = [number_of(report) for report in report_history(ANNA, 1, 500)]
    assert history[:2] == [3, 7]  # of the first hours only their last
    assert history[-96:] == list(range(27 * 4 - 96, 27 * 4))


def test_a_report_replaces_nothing_of_another_campaign() -> None:
    keep(1)
    keep(2)
    assert UpliftReport.objects.count() == 2


def test_a_list_gets_the_newest_report_of_each_campaign_in_one_query(
    django_assert_num_queries: Any,
) -> None:
    with freeze(NOON) as clock:
        for number in range(3):
            for campaign_id in (1, 2, 3):
                keep(campaign_id, number)
            clock.advance(minutes=1)
    with django_assert_num_queries(1, using="default"):
        found = latest_reports(ANNA, [1, 2, 99, *range(100, 297)])
    assert {pk: number_of(report) for pk, report in found.items()} == {1: 2, 2: 2}
    assert latest_reports(ANNA, []) == {}


def test_the_real_child_answers_the_reporter_as_it_does_at_once() -> None:
    campaign = make_campaign()
    for variant in arms(campaign):
        expose(campaign, variant)
    reporter = Reporter(lambda given: Calculation(given, program=CHILD))
    reporter.begin()
    finish(reporter)
    stepwise = UpliftReport.objects.get()
    at_once = refresh_report(actor=ANNA, campaign=campaign)
    assert stepwise.inputs == at_once.inputs
    assert Report.read(stepwise.result) == Report.read(at_once.result)
