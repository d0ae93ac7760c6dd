"""An LLM's opinion of answers: optional, advisory, and never part of a gate.

Its share is shown with its agreement with labels that people gave (Krippendorff's alpha), or with a plain word that
nobody has measured it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol, get_args

from evals.agreement import RELIABLE, alpha
from evals.errors import EvalError
from evals.estimate import Estimate, wilson
from evals.gold import Case
from evals.reply import Reply
from evals.runs.record import RunFile
from rag.errors import MissingExtra
from rag.prompts import load_prompt

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

Grade = Literal["right", "partly", "wrong"]
GRADES: tuple[Grade, ...] = get_args(Grade)
ENOUGH = 30  # labelled cases below which an alpha is no more than a hint


@dataclass(frozen=True, slots=True)
class Opinion:
    """A grade, or why there is none."""

    case: str
    grade: Grade | None
    reason: str | None = None


class Judge(Protocol):
    """Anything that grades an answer to a question."""

    name: str

    def grade(self, case: Case, reply: Reply) -> Opinion: ...


class ModelJudge:
    """A chat model with the wording of `prompts/judge.md`. Anything but one of its words is no grade."""

    def __init__(self, model: BaseChatModel, name: str) -> None:
        self.name = name
        self._model = model

    def grade(self, case: Case, reply: Reply) -> Opinion:
        expected = " | ".join(case.answers) or "none"
        asked = load_prompt("judge").render(
            question=_plain(case.question), expected=_plain(expected), answer=_plain(reply.text)
        )
        try:
            told = str(self._model.invoke(asked).text)
        except Exception as error:  # noqa: BLE001 - providers raise errors of their own; one case is lost, not all
            return Opinion(case.id, None, f"{type(error).__name__}: {error}")
        word = told.strip().strip(".").casefold()
        grade = next((one for one in GRADES if one == word), None)
        return Opinion(case.id, grade, None if grade else f"it said {told[:80]!r}")


def open_judge(name: str) -> ModelJudge:
    """The model that LangChain calls `provider:model`. Raises MissingExtra or EvalError when it can't be had."""
    from langchain.chat_models import init_chat_model

    try:
        return ModelJudge(init_chat_model(name, temperature=0), name)
    except ImportError as error:
        raise MissingExtra(f"{name} needs another package: {error}.", remedy="Install it.") from error
    except ValueError as error:
        raise EvalError(f"{name} is no model: {error}", remedy="Write it as provider:model.") from error


@dataclass(frozen=True, slots=True)
class Judged:
    """All opinions, the share of right answers, and the agreement with people's labels over `labelled` cases."""

    name: str
    opinions: tuple[Opinion, ...]
    share: Estimate
    alpha: float | None
    labelled: int

    @property
    def words(self) -> str:
        """What the share is worth."""
        if not self.labelled:
            return "advisory: its agreement with people has not been measured"
        if self.alpha is None:
            return f"advisory: {self.labelled} labels of one kind say nothing about agreement"
        told = f"Krippendorff's alpha {self.alpha:.2f} over {self.labelled} labelled cases"
        return told if self.alpha >= RELIABLE and self.labelled >= ENOUGH else f"advisory: {told}"


def judge_run(
    run: RunFile, judge: Judge, labels: Mapping[str, Grade], tell: Callable[[Opinion], None] = lambda _one: None
) -> Judged:
    """Grades every answer to a question; claims have verdicts and need no judge."""
    said = {reply.case: reply for reply in reversed(run.replies)}
    opinions = []
    for case in run.gold:
        if case.kind == "claim" or case.id not in said or said[case.id].trouble:
            continue
        opinions.append(judge.grade(case, said[case.id]))
        tell(opinions[-1])
    pairs = [(one.grade, labels[one.case]) for one in opinions if one.case in labels]
    return Judged(judge.name, tuple(opinions), _share(opinions), alpha(pairs), len(pairs))


def _share(opinions: Iterable[Opinion]) -> Estimate:
    told = list(opinions)
    grades = [one.grade for one in told if one.grade is not None]
    lost = {"the judge gave no grade": len(told) - len(grades)} if len(grades) < len(told) else {}
    if not grades:
        return Estimate(value=None, unscored=lost)
    value = sum(grade == "right" for grade in grades) / len(grades)
    low, high = wilson(value, len(grades))
    return Estimate(value=value, low=low, high=high, n=len(grades), unscored=lost)


def load_labels(path: Path) -> dict[str, Grade]:
    """`{"id", "label"}` a line, the label right, partly or wrong. Raises EvalError with every faulty line."""
    told: dict[str, Grade] = {}
    faults: list[str] = []
    for number, line in enumerate(_lines(path), start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            name, label = str(record["id"]), record["label"]
        except (ValueError, KeyError, TypeError):
            faults.append(f"{path}:{number}: it has no id and label")
            continue
        grade = next((one for one in GRADES if one == label), None)
        if grade is None:
            faults.append(f"{path}:{number}: label {label!r} is none of {', '.join(GRADES)}")
        else:
            told[name] = grade
    if faults:
        raise EvalError("The labels can't be used:\n" + "\n".join(faults) + "\n", remedy="Correct these lines.")
    return told


def _lines(path: Path) -> Sequence[str]:
    try:
        return path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise EvalError(f"{path} can't be read: {error}.", remedy="Name a UTF-8 file of JSON lines.") from error


def _plain(text: str) -> str:
    """Without a line that could pass for one of the prompt's own."""
    return "\n".join(line.replace("----", "—") for line in text.splitlines())
