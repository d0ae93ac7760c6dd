from __future__ import annotations

import json
from pathlib import Path

import pytest

from evals.errors import EvalError, Incomplete
from evals.gold import Case
from evals.metrics import ALL
from evals.reply import Reply, Usage, missing
from evals.runs.record import RunFile, baseline_of, dump, load_run
from evals.runs.run import Plan, run
from tests.evals import systems
from tests.evals.runfiles import Fake, run_of
from tests.evals.systems import CASES, corpus


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    return Plan(tmp_path / "run.json", corpus(tmp_path / "corpus"))


def scores(path: Path) -> str:
    """The bytes of `summary` and `cases`."""
    told = path.read_text(encoding="utf-8")
    return told[told.index('"summary"') : told.index('"cost"')] + told[told.index('"cases"') : told.index('"gold"')]


def test_a_run_asks_each_case_and_writes_what_was_said(plan: Plan) -> None:
    target = Fake(systems.oracle)
    made = run(plan, CASES, target)
    assert [case for case, _ in target.asked] == [case.id for case in CASES]
    read = load_run(plan.out)
    assert read.summary == made.summary
    assert read.scores_sha256 == made.scores_sha256
    assert not plan.journal.exists()
    assert {"when", "commit", "dirty", "packages", "prompts", "code", "python"} <= read.made.keys()
    assert "byline" in read.made["packages"]
    assert read.target.settings == {"threshold": 0.3}
    assert {metric.name for metric in ALL} == read.summary.keys() | read.cost.keys()


def test_two_runs_have_the_same_scores_to_the_byte(plan: Plan, tmp_path: Path) -> None:
    other = Plan(tmp_path / "other.json", plan.corpus, concurrency=4)
    run(plan, CASES, Fake(systems.rambler))
    run(other, CASES, Fake(systems.rambler))
    assert scores(plan.out) == scores(other.out)


def test_repeats_are_real_and_their_scores_are_averaged(plan: Plan) -> None:
    class Fickle(Fake):
        def reply(self, case: Case, repeat: int) -> Reply:
            told = super().reply(case, repeat)
            return told if repeat % 2 == 0 else systems.abstention(case).model_copy(update={"repeat": repeat})

    target = Fickle(systems.oracle)
    made = run(Plan(plan.out, plan.corpus, repeats=2), systems.QUESTIONS, target)
    assert len(set(target.asked)) == 2 * len(systems.QUESTIONS)
    assert made.cases[0].scores["right"] == [[1.0], [0.0]]
    assert made.summary["answered_right"].value == 0.5


def test_an_interrupted_run_goes_on_where_it_stopped(plan: Plan) -> None:
    def stops(case: Case) -> Reply:
        if case.id == "price":
            raise EvalError("Stop.", remedy="Go on.")
        return systems.oracle(case)

    with pytest.raises(EvalError, match="Stop"):
        run(plan, CASES, Fake(stops))
    target = Fake(systems.oracle)
    told: list[str] = []
    made = run(plan, CASES, target, lambda reply: told.append(reply.case))
    assert [case for case, _ in target.asked] == [case.id for case in CASES[3:]]
    assert told == [case.id for case in CASES]
    assert made.scores_sha256 == run_of(systems.oracle).scores_sha256


def test_the_same_command_asks_failed_cases_again_and_no_others(plan: Plan) -> None:
    def fails(case: Case) -> Reply:
        return missing(case.id, "error", "HTTP 500") if case.id == "price" else systems.oracle(case)

    made = run(plan, CASES, Fake(fails))
    assert made.incomplete == {"price": "error: HTTP 500"}
    assert made.summary["answered_right"].value == pytest.approx(6 / 7, abs=1e-5)
    assert plan.journal.exists()
    target = Fake(systems.oracle)
    assert not run(plan, CASES, target).incomplete
    assert target.asked == [("price", 0)]
    assert not plan.journal.exists()


def test_a_refusal_is_final_and_scores_as_a_missing_answer(plan: Plan) -> None:
    made = run(plan, CASES[:1], Fake(lambda case: missing(case.id, "refused", "too long")))
    assert not made.incomplete
    assert (made.summary["right"].value, made.cases[0].fault) == (0, "refused")


def test_the_cost_cap_ends_the_run_and_what_was_paid_for_is_kept(plan: Plan) -> None:
    def paid(case: Case) -> Reply:
        return systems.oracle(case).model_copy(update={"usage": Usage(input_tokens=10, price=0.4)})

    with pytest.raises(Incomplete, match=r"cap of \$1 is reached after 3 of 14 replies"):
        run(Plan(plan.out, plan.corpus, max_cost=1.0), CASES, Fake(paid))
    target = Fake(paid)
    made = run(plan, CASES, target)
    assert len(target.asked) == len(CASES) - 3
    assert made.cost["price"].value == pytest.approx(0.4 * len(CASES))


def test_a_run_file_that_cannot_be_written_leaves_every_reply_safe(plan: Plan) -> None:
    plan.out.mkdir()  # a folder stands where the file should go
    with pytest.raises(Incomplete, match=r"run\.json can't be written: .* 14 replies are safe in"):
        run(plan, CASES, Fake(systems.oracle))
    plan.out.rmdir()
    target = Fake(systems.oracle)
    assert not run(plan, CASES, target).incomplete
    assert not target.asked


def test_a_changed_case_is_another_run(plan: Plan) -> None:
    def stops(_case: Case) -> Reply:
        raise EvalError("Stop.", remedy="Go on.")

    with pytest.raises(EvalError, match="Stop"):
        run(plan, CASES, Fake(stops))
    changed = [CASES[0].model_copy(update={"question": "When?"}), *CASES[1:]]
    with pytest.raises(EvalError, match=r"another run \(another gold\)"):
        run(plan, changed, Fake(systems.oracle))


def test_a_run_file_carries_the_figures_of_those_it_replaced(plan: Plan) -> None:
    for system in (systems.copycat, systems.abstainer, systems.oracle):
        made = run(plan, CASES, Fake(system))
    assert [round(past.values["right"], 2) for past in made.history] == [0.3, 0.3]


def test_a_baseline_is_small_and_changes_only_with_a_score() -> None:
    first = run_of(systems.oracle)
    later = first.model_copy(update={"made": {"when": "later"}, "cases": tuple(reversed(first.cases))})
    text = dump(baseline_of(first))
    assert dump(baseline_of(later)) == text
    assert "Ruiz" not in text
    assert "when" not in text
    assert RunFile.model_validate(json.loads(text)).cases == baseline_of(first).cases
    assert max(map(len, text.splitlines())) < 1000


def test_a_figure_that_is_not_a_number_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    path.write_text(dump(run_of(systems.oracle)).replace('"value": 1.0', '"value": NaN', 1), encoding="utf-8")
    with pytest.raises(EvalError, match=r"summary\.right\.value: Input should be a finite number"):
        load_run(path)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "is no run file"),
        ("[]", "no format"),
        ('{"format": "byline-eval-run/0"}', "of another version: byline-eval-run/0"),
        ('{"format": "byline-eval-run/1"}', "fingerprint: Field required"),
    ],
)
def test_a_file_that_is_no_run_file_is_refused(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "run.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(EvalError, match=reason):
        load_run(path)
