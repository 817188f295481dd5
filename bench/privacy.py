"""Measures the privacy lint on the labelled texts: `python bench/privacy.py [--misses]`.

Recall: the share of labelled words that a finding of the same rule touches. Precision: the share
of findings that touch labelled words of the same rule. False alarms: the share of clean texts
with any finding. `tests/privacy/corpus.py` says how each set came about.
"""

import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from portal.publishing.privacy import Rule, findings
from tests.privacy import corpus


class Score:
    def __init__(self, name: str) -> None:
        self.found: Counter[str] = Counter()
        self.labelled: Counter[str] = Counter()
        self.right: Counter[str] = Counter()
        self.reported: Counter[str] = Counter()
        self.clean = self.alarmed = 0
        self.wrong: list[str] = []
        for example in corpus.read(name):
            self._add(example)

    def _add(self, example: corpus.Labelled) -> None:
        reported = [
            (str(one.rule), one.start, one.end, one.words)
            for one in findings(example.text, allowed_phones=corpus.HOTLINES)
        ]
        for rule, start, end in example.findings:
            self.labelled[rule] += 1
            if any(r == rule and s < end and start < e for r, s, e, _ in reported):
                self.found[rule] += 1
            else:
                self.wrong.append(f"missed {rule}: {example.text[start:end]!r} in {example.text}")
        for rule, start, end, words in reported:
            self.reported[rule] += 1
            if any(r == rule and s < end and start < e for r, s, e in example.findings):
                self.right[rule] += 1
            else:
                self.wrong.append(f"not so, {rule}: {words!r} in {example.text}")
        if not example.findings:
            self.clean += 1
            self.alarmed += bool(reported)

    def recall(self, *rules: str) -> float:
        return _share(self.found, self.labelled, rules or tuple(Rule.values))

    def precision(self, *rules: str) -> float:
        return _share(self.right, self.reported, rules or tuple(Rule.values))

    @property
    def false_alarms(self) -> float:
        return self.alarmed / self.clean


def _share(part: Counter[str], whole: Counter[str], rules: tuple[str, ...]) -> float:
    total = sum(whole[rule] for rule in rules)
    return sum(part[rule] for rule in rules) / total if total else 1.0


def report(name: str, *, with_misses: bool) -> str:
    score = Score(name)
    lines = [
        f"privacy lint, {name.replace('_', '-')} texts",
        f"  {'rule':10} {'labelled':>8} {'recall':>8} {'precision':>10}",
    ]
    for rule in Rule.values:
        if score.labelled[rule] or score.reported[rule]:
            lines.append(
                f"  {rule:10} {score.labelled[rule]:8} {score.recall(rule):8.1%} "
                f"{score.precision(rule):10.1%}"
            )
    lines += [
        f"  {'all':10} {score.labelled.total():8} {score.recall():8.1%} {score.precision():10.1%}",
        f"  false alarms: {score.alarmed} of {score.clean} clean texts ({score.false_alarms:.1%})",
        *(f"  {line}" for line in score.wrong if with_misses),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    for one in ("tuning", "held_out", "later"):
        sys.stdout.write(report(one, with_misses="--misses" in sys.argv) + "\n")
