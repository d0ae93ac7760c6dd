from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

from evals.calibration_cases import context_urls, make_cases, read_rows


def row(row_id: str, question: str, answer: str | None, context: str) -> dict[str, Any]:
    answers = [] if answer is None else [{"text": answer, "start": context.index(answer)}]
    return {
        "id": row_id,
        "question": question,
        "context": context,
        "answers": answers,
        "answerable": answer is not None,
        "source": row_id.split("-")[0],
        "licence": "CC0",
    }


TOWNS = ("Tarn", "Orsa", "Lind", "Brax", "Vell", "Kolm")
ROWS = [
    row(f"squad2-train-{n}", f"Who is the mayor of {town}?", f"Mayor {n}", f"Mayor {n} runs {town}.")
    for n, town in enumerate(TOWNS)
] + [row("squad2-train-x", "Who is the king of Tarn?", None, "Tarn has a mayor.")]


def test_the_test_rows_are_never_read(tmp_path: Path) -> None:
    (tmp_path / "train").mkdir()
    rows = [*ROWS, row("squad2-dev-1", "Who?", "Kim", "Kim.")]
    with gzip.open(tmp_path / "train" / "qa.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(one) + "\n" for one in rows)
    assert read_rows(tmp_path) == ROWS


def test_each_context_is_one_article() -> None:
    assert len(context_urls([*ROWS, ROWS[0]])) == len(ROWS)


def test_cases_are_of_each_kind_and_the_same_for_one_seed() -> None:
    cases = make_cases(ROWS, 3)
    assert cases == make_cases(ROWS, 3)
    assert {case.kind for case in cases} == {"answerable", "unanswerable", "hidden", "swapped"}


def test_a_swapped_question_names_another() -> None:
    cases = make_cases(ROWS, 3)
    plain = {case.url: case.question for case in cases if case.kind == "answerable"}
    swapped = [case for case in cases if case.kind == "swapped"]
    assert all(case.question != plain[case.url] for case in swapped)
