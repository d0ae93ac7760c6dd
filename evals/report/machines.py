"""A run for machines: one JSON record a case, JUnit XML for a CI server, and Markdown for a pull request."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from evals.metrics import BY_NAME
from evals.report.words import figure, interval, plural
from evals.runs.record import RunFile

if TYPE_CHECKING:
    from evals.compare.cases import CaseChange
    from evals.compare.compare import Comparison

_UNPRINTABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # no XML 1.0 character
_LISTED = 20  # cases in a Markdown summary


def jsonl(run: RunFile) -> str:
    """A record a case: its gold, what was said and every score."""
    gold = {case.id: case for case in run.gold}
    said: dict[str, list[object]] = {}
    for reply in run.replies:
        said.setdefault(reply.case, []).append(reply.model_dump(mode="json", exclude_defaults=True))
    lines = []
    for one in run.cases:
        case = gold.get(one.id)
        record = {
            **one.model_dump(mode="json"),
            "gold": case.model_dump(mode="json", exclude_defaults=True) if case else None,
            "replies": said.get(one.id, []),
        }
        lines.append(json.dumps(record, ensure_ascii=False, allow_nan=False))
    return "".join(line + "\n" for line in lines)


def junit(run: RunFile, comparison: Comparison | None = None) -> str:
    """A suite of the cases, and one of the metrics where there is a comparison. A lost case is an error."""
    root = ElementTree.Element("testsuites", name="byline eval")
    lost = run.incomplete
    suite = ElementTree.SubElement(root, "testsuite", name="cases", tests=str(len(run.cases)))
    suite.set("failures", str(sum(bool(c.fault) and c.id not in lost for c in run.cases)))
    suite.set("errors", str(len(lost)))
    questions = {case.id: case.question for case in run.gold}
    for one in run.cases:
        case = ElementTree.SubElement(suite, "testcase", classname=f"cases.{one.cluster}", name=one.id)
        if one.id in lost:
            ElementTree.SubElement(case, "error", message=_clean(lost[one.id]))
        elif one.fault:
            failure = ElementTree.SubElement(case, "failure", message=_clean(one.fault))
            failure.text = _clean(questions.get(one.id, ""))
    if comparison:
        _junit_metrics(root, comparison)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _junit_metrics(root: ElementTree.Element, comparison: Comparison) -> None:
    bad = {one.name for one in comparison.regressions}
    suite = ElementTree.SubElement(root, "testsuite", name="metrics", tests=str(len(comparison.metrics)))
    suite.set("failures", str(len(bad)))
    suite.set("errors", "0")
    for one in comparison.metrics:
        case = ElementTree.SubElement(suite, "testcase", classname="metrics", name=one.name)
        if one.name in bad:
            told = (
                f"{one.verdict}: {one.old:.3f} to {one.new:.3f}, gain {one.gain:+.3f} ({one.low:+.3f}, {one.high:+.3f})"
            )
            ElementTree.SubElement(case, "failure", message=told)


def _clean(text: str) -> str:
    return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def markdown(run: RunFile, comparison: Comparison | None = None) -> str:
    """A summary for a pull request: the verdict, the figures that gate, what broke and what was mended."""
    lines = [f"## Byline eval: {_verdict(run, comparison)}", ""]
    changes = {one.name: one for one in comparison.metrics} if comparison else {}
    lines += ["| metric | run | 95 % | gain | p | verdict |", "|---|---:|---:|---:|---:|---|"]
    for name, one in run.summary.items():
        metric = BY_NAME.get(name)
        if metric is None or metric.margin is None or one.value is None:
            continue
        row = [
            metric.title + (" ↓" if metric.better == "lower" else ""),
            figure(metric, one.value),
            interval(metric, one),
        ]
        change = changes.get(name)
        row += [f"{change.gain:+.3f}", f"{change.holm or change.p:.3f}", change.verdict] if change else ["", "", ""]
        lines.append("| " + " | ".join(row) + " |")
    if comparison:
        for title in ("broke", "mended"):
            lines += _cases(title, [case for case in comparison.cases if getattr(case, title)])
    lost = run.incomplete
    if lost:
        lines += ["", f"{plural(len(lost), 'case')} without a score that counts:", ""]
        lines += [f"- {_code(case)}: {_escaped(why)}" for case, why in list(lost.items())[:_LISTED]]
    return "\n".join(lines) + "\n"


def _verdict(run: RunFile, comparison: Comparison | None) -> str:
    count = plural(len(run.cases), "case")
    if comparison is None:
        return count
    if comparison.incomplete:
        return f"incomplete, {count}"
    names = ", ".join(one.name for one in comparison.regressions)
    return f"regression in {names}" if names else f"no regression, {count}"


def _cases(title: str, cases: list[CaseChange]) -> list[str]:
    if not cases:
        return ["", f"No case {title}."]
    lines = ["", f"<details><summary>{plural(len(cases), 'case')} {title}</summary>", ""]
    lines += [
        f"- {_code(case.id)}: {_escaped(case.was or 'right')} → {_escaped(case.now or 'right')}"
        for case in cases[:_LISTED]
    ]
    if len(cases) > _LISTED:
        lines.append(f"- … and {len(cases) - _LISTED} more")
    return [*lines, "", "</details>"]


def _code(text: str) -> str:
    return f"`{text}`"


def _escaped(text: str) -> str:
    """Markdown and HTML that may stand in what a system said do nothing."""
    return re.sub(r"([\\`*_{}\[\]<>()#+!|~&@-])", r"\\\1", " ".join(text.split()))
