"""One self-contained HTML page of a run: no network, no script but its own, everything that was said shown as text."""

from __future__ import annotations

import base64
import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evals.estimate import Estimate, by_tag
from evals.metrics import ALL, BY_NAME, Metric
from evals.metrics.calibration import reliability
from evals.metrics.risk_coverage import curve as risk_curve
from evals.report import svg
from evals.report.articles import shown_articles
from evals.report.words import GROUPS, figure, interval, why_unscored
from evals.runs.record import RunFile
from evals.scores import Table

if TYPE_CHECKING:
    from jinja2 import Template

    from evals.compare.compare import Comparison, MetricChange

_PARTS = Path(__file__).parent / "page"
_PLOT = (260.0, 200.0)


def page(
    run: RunFile, corpus: Path | None, baseline: RunFile | None = None, comparison: Comparison | None = None
) -> str:
    """`corpus` is where the articles stand in which quotes are shown; without it the quotes stand alone."""
    style, script = (_part("page.css"), _part("page.js"))
    table = Table(run.cases)
    changes = {one.name: one for one in comparison.metrics} if comparison else {}
    return _template().render(
        style=style,
        script=script,
        policy=f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'",
        run=run,
        comparison=comparison,
        cards=[_card(m, one, run, changes.get(m.name)) for m, one in _scored(run) if m.margin is not None],
        groups=_rows(run, changes),
        reliability=_reliability(table),
        risk=_risk(table),
        tags=_tags(table),
        plot=_PLOT,
        payload=_payload(run, corpus, baseline, comparison),
    )


def _part(name: str) -> str:
    return (_PARTS / name).read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _template() -> Template:
    from jinja2 import Environment, StrictUndefined

    return Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True).from_string(
        _part("page.html")
    )


def _hash(text: str) -> str:
    """What a content security policy allows: this text and no other."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _scored(run: RunFile) -> list[tuple[Metric, Estimate]]:
    return [(m, run.summary[m.name]) for m in ALL if m.name in run.summary and run.summary[m.name].value is not None]


def _card(metric: Metric, one: Estimate, run: RunFile, change: MetricChange | None) -> dict[str, Any]:
    """A figure with its interval, how it went in earlier runs, and the change against the baseline."""
    value = one.value or 0.0
    past = [p.values[metric.name] for p in run.history if metric.name in p.values]
    return {
        "title": metric.title,
        "about": metric.about,
        "value": figure(metric, value),
        "lower": metric.better == "lower",
        "interval": interval(metric, one),
        "low": 100 * (one.low or 0.0),
        "high": 100 * (one.high or 0.0),
        "at": 100 * value,
        "n": one.n,
        "spark": svg.sparkline([*past, value]) if past else None,
        "runs": len(past) + 1,
        "change": None if change is None else {"verdict": change.verdict, "gain": f"{change.gain:+.3f}"},
    }


def _rows(run: RunFile, changes: dict[str, MetricChange]) -> list[dict[str, Any]]:
    """Every metric by group, for the table of all figures."""
    told = []
    for group, title in GROUPS.items():
        members = [m for m in ALL if m.group == group and m.name in {**run.summary, **run.cost}]
        rows = [_row(m, (run.summary | run.cost)[m.name], changes.get(m.name)) for m in members]
        if rows:
            told.append({"title": title, "rows": rows})
    return told


def _row(metric: Metric, one: Estimate, change: MetricChange | None) -> dict[str, Any]:
    return {
        "title": metric.title,
        "about": f"{metric.about} {metric.source}.",
        "lower": metric.better == "lower",
        "value": figure(metric, one.value),
        "interval": interval(metric, one) if one.value is not None else why_unscored(one),
        "n": one.n,
        "errors": one.errors,
        "change": change,
        "margin": None if metric.margin is None else f"{metric.margin:.2f}",
    }


def _reliability(table: Table) -> list[dict[str, float]]:
    """Circles of the reliability picture: where, and how large by the share of cases."""
    told = reliability(table.observed(BY_NAME["ece"]).rows)
    w, h = _PLOT
    total = sum(n for _, _, n in told)
    return [{"x": c * w, "y": h - right * h, "r": 3 + 12 * (n / total) ** 0.5, "n": n} for c, right, n in told]


def _risk(table: Table) -> str | None:
    points = risk_curve(table.observed(BY_NAME["aurc"]).rows)
    return svg.steps(points, *_PLOT) if points else None


def _tags(table: Table) -> list[dict[str, Any]]:
    told = by_tag(table, BY_NAME["right"])
    ranked = sorted(told.items(), key=lambda pair: pair[1][0])
    return [{"tag": tag, "share": 100 * value, "value": f"{value:.2f}", "n": n} for tag, (value, n) in ranked]


def _payload(run: RunFile, corpus: Path | None, baseline: RunFile | None, comparison: Comparison | None) -> str:
    """What the case list needs, as JSON that can stand in a script element: no `<` in it can end one."""
    gold = {case.id: case for case in run.gold}
    said = {reply.case: reply for reply in reversed(run.replies)}
    before = {reply.case: reply.text for reply in reversed(baseline.replies)} if baseline else {}
    moved = {change.id: change for change in comparison.cases} if comparison else {}
    cases = []
    for one in run.cases:
        case, reply, change = gold.get(one.id), said.get(one.id), moved.get(one.id)
        cases.append(
            {
                "id": one.id,
                "fault": one.fault,
                "tags": one.tags,
                "scores": one.scores,
                "gold": case and case.model_dump(mode="json", include=_GOLD, exclude_defaults=True),
                "reply": reply and reply.model_dump(mode="json", include=_REPLY, exclude_defaults=True),
                "before": before.get(one.id),
                "change": change and change.model_dump(mode="json", exclude={"id"}),
            }
        )
    told = {"cases": cases, "articles": shown_articles(run, corpus), "titles": {m.name: m.title for m in ALL}}
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


_GOLD = {"kind", "question", "history", "as_of", "answers", "supporting", "answerable", "label"} | {
    "must_contain",
    "must_not_contain",
}
_REPLY = {
    "status",
    "text",
    "short_answer",
    "confidence",
    "citations",
    "verdict",
    "trouble",
    "detail",
    "unsupported",
    "ms",
}
