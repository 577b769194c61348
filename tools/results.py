"""Adds up what several test runs reported."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

SLOWEST = 10


class Results:
    """Sums over all runs, why tests were skipped, and which took longest.

    `seed` is what the random order of the tests follows from: it is said when one fails.
    """

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed
        self.passed = self.failed = self.skipped = 0
        self.problems: list[str] = []
        self.reasons: Counter[str] = Counter()
        self.durations: list[tuple[float, str]] = []

    def skip(self, reason: str) -> None:
        """Something that could not be run at all; counts as one."""
        self.skipped += 1
        self.reasons[reason] += 1

    def fail(self, problem: str) -> None:
        """A failure that no test reported; counts as one."""
        self.failed += 1
        self.problems.append(problem)

    def read(self, run: str, report: Path) -> int:
        """Adds one run's JUnit report; returns how many failures it names."""
        if not report.exists():
            return 0
        before = self.failed
        # Written by our own pytest a moment ago, hence trusted.
        for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314
            name = f"{case.get('classname', '')}.{case.get('name', '')}".strip(".")
            self.durations.append((float(case.get("time", "0")), f"{name} ({run})"))
            outcome = {child.tag: child for child in case}
            if "failure" in outcome or "error" in outcome:
                self.fail(f"{run}: {name}")
            elif (skipped := outcome.get("skipped")) is not None:
                self.skip(skipped.get("message") or "no reason given")
            else:
                self.passed += 1
        return self.failed - before

    def report(self, seconds: float) -> str:
        """What took longest, what was skipped and why, what failed."""
        lines = ["", "Slowest:"]
        lines += [
            f"  {took:6.1f} s  {name}" for took, name in sorted(self.durations)[: -SLOWEST - 1 : -1]
        ]
        if self.reasons:
            lines += ["", "Skipped:"]
            lines += [f"  {count:4d} × {reason}" for reason, count in sorted(self.reasons.items())]
        if self.problems:
            lines += ["", "Failed:", *(f"  {problem}" for problem in self.problems)]
            lines += ["", f"In the same order again: pytest --randomly-seed={self.seed}"]
        return "\n".join([*lines, "", f"{seconds:.0f} s in all"])

    def sums(self) -> str:
        """The closing line."""
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"
