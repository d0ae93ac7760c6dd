"""`pytest --byline-gold my.jsonl`: gold cases as test items, asked and scored by the same engine as `byline eval run`.

A case fails when it is wrong, misquotes or cites nothing that supports it. With thresholds in pyproject.toml
(`[tool.byline.eval.thresholds]`) such a case is an expected failure, and one item for each threshold decides. Nothing
heavy is imported unless the option is given.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from evals.config import Config
    from evals.gold import Case
    from evals.runs.record import RunFile


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("byline", "Byline gold cases")
    group.addoption(
        "--byline-gold", action="append", default=[], metavar="FILE", help="Ask the cases of this gold file."
    )
    group.addoption("--byline-corpus", default=None, metavar="DIR", help="The articles that they quote.")
    group.addoption(
        "--byline-url", default=None, metavar="URL", help="Ask this service, and not Byline in the process."
    )
    group.addoption("--byline-predictions", default=None, metavar="FILE", help="Score these answers and ask nothing.")


def pytest_configure(config: pytest.Config) -> None:
    """Takes the gold files among what is collected; one that can't be used ends the session."""
    paths = [Path(path) for path in config.getoption("--byline-gold")]
    if not paths:
        return
    from evals.config import load_config
    from rag.errors import BylineError

    try:
        config.stash[_ASKED] = Asked(config, paths)
        config.stash[_CONFIG] = load_config(config.rootpath)
    except BylineError as error:
        raise pytest.UsageError(str(error)) from error
    config.stash[_FIRST] = paths[0].resolve()
    config.args.append(str(paths[0]))


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    if parent.config.stash.get(_FIRST, None) != file_path.resolve():
        return None
    return GoldFile.from_parent(parent, path=file_path)


class Asked:
    """The cases, asked all at once when the first of them is needed."""

    def __init__(self, config: pytest.Config, paths: list[Path]) -> None:
        from evals.gold import load_gold
        from evals.gold.load import CORPUS

        corpus = config.getoption("--byline-corpus")
        self.corpus = Path(corpus) if corpus else CORPUS
        self.cases = load_gold(paths, self.corpus)
        self._url: str | None = config.getoption("--byline-url")
        self._predictions: str | None = config.getoption("--byline-predictions")
        self._run: RunFile | None = None

    def run(self) -> RunFile:
        """Raises BylineError."""
        if self._run is None:
            self._run = self._ask()
        return self._run

    def _ask(self) -> RunFile:
        from tempfile import TemporaryDirectory

        from evals.runs.choose import open_target
        from evals.runs.run import Plan, run

        with TemporaryDirectory(prefix="byline-eval-") as folder:
            plan = Plan(Path(folder) / "run.json", self.corpus)
            predictions = Path(self._predictions) if self._predictions else None
            with open_target(plan, self.cases, self._url, predictions, None) as target:
                return run(plan, self.cases, target)


class GoldFile(pytest.File):
    """The cases of all gold files, and the thresholds."""

    def collect(self) -> Iterator[pytest.Item]:
        asked, config = self.config.stash[_ASKED], self.config.stash[_CONFIG]
        lenient = bool(config.thresholds)
        for case in asked.cases:
            yield CaseItem.from_parent(self, name=case.id, asked=asked, case=case, lenient=lenient)
        for metric, least in config.thresholds.items():
            yield ThresholdItem.from_parent(self, name=f"threshold-{metric}", asked=asked, metric=metric, at=least)


_ASKED = pytest.StashKey[Asked]()
_CONFIG: pytest.StashKey[Config] = pytest.StashKey()
_FIRST = pytest.StashKey[Path]()


class WrongAnswer(Exception):
    """A case that is wrong, or a figure beyond its threshold."""


class _Item(pytest.Item):
    def __init__(self, *, asked: Asked, **more: Any) -> None:
        super().__init__(**more)
        self.asked = asked

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        from rag.errors import BylineError

        known = isinstance(excinfo.value, WrongAnswer | BylineError)
        return str(excinfo.value) if known else super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        return self.path, None, f"byline_eval: {self.name}"


class CaseItem(_Item):
    """One case."""

    def __init__(self, *, case: Case, lenient: bool, **more: Any) -> None:
        super().__init__(**more)
        self.case = case
        self.lenient = lenient
        self.extra_keyword_matches.update(case.tags)

    def runtest(self) -> None:
        run = self.asked.run()
        scored = next(one for one in run.cases if one.id == self.case.id)
        reply = next(one for one in run.replies if one.case == self.case.id)
        if reply.unsupported:
            pytest.skip(reply.unsupported)
        if not scored.fault:
            return
        expected = self.case.label or " | ".join(self.case.answers) or "an abstention"
        got = reply.detail or reply.verdict or reply.text
        told = f"{scored.fault}\n  asked:    {self.case.question}\n  expected: {expected}\n  got:      {got}"
        if self.lenient and self.case.id not in run.incomplete:
            pytest.xfail(told)
        raise WrongAnswer(told)


class ThresholdItem(_Item):
    """One threshold over the whole set."""

    def __init__(self, *, metric: str, at: float, **more: Any) -> None:
        super().__init__(**more)
        self.metric = metric
        self.at = at

    def runtest(self) -> None:
        from evals.metrics import BY_NAME

        metric = BY_NAME[self.metric]
        run = self.asked.run()
        one = (run.summary | run.cost)[self.metric]
        if one.value is None:
            raise WrongAnswer(f"{metric.title} has no score, and its threshold is {self.at:g}")
        short = one.value < self.at if metric.better == "higher" else one.value > self.at
        if short:
            raise WrongAnswer(f"{metric.title} is {one.value:.3f}, beyond its threshold of {self.at:g} ({one.n} cases)")
