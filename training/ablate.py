"""`python -m training.ablate --config FILE`: what each source of examples brings.

The config's run is made once whole and once without each group of recipes, for as many steps, from the same start. Each
is measured on held-out rows in 32 bits. A run that was made is not made again.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import torch

from rag.errors import BylineError
from rag.pair_spans import best_spans
from rag.reader_model import OnnxPairReader, Told
from training.calibrate import Case, held_out
from training.config import Config, read_config
from training.export import exact_reader
from training.model import ReaderModel, new_reader
from training.rows import NOT_SUPPORT, SUPPORT, Rows
from training.train import Run

GROUPS: Mapping[str, tuple[str, ...]] = {
    "pairs among other sentences": ("pairs_in_passages",),
    "single sentences with their questions": ("short_questions", "questions_in_passages"),
    "unanswerable questions": ("unanswered_lines", "unanswered_passages"),
    "made questions": ("cloze_questions", "headline_questions"),
    "news headlines": ("headlines",),
    "questions as claims": ("answers_as_claims",),
    "changed sentences": ("changed_sentences",),
    "judged relevance": ("judged",),
}
Figures = dict[str, float]


def without(config: Config, name: str, recipes: Sequence[str]) -> Config:
    """The config of a run that these recipes give nothing to, in a folder of its own."""
    stages = [
        stage.model_copy(update={"recipes": {key: n for key, n in stage.recipes.items() if key not in recipes}})
        for stage in config.stages
    ]
    work = config.paths.work / name.replace(" ", "-")
    kept = [stage for stage in stages if stage.recipes]
    return config.model_copy(update={"stages": kept, "paths": config.paths.model_copy(update={"work": work})})


def measure(reader: OnnxPairReader, cases: Sequence[Case]) -> Figures:
    """The share of stances that are right, and how well passages with an answer are told from those without."""
    told = reader.logits([case.pair for case in cases])
    stances = [
        _is_right(int(np.argmax(some[0].stance)), case.stance)
        for case, some in zip(cases, told, strict=True)
        if case.stance is not None
    ]
    answers = [
        (_best_score(some), case.answers) for case, some in zip(cases, told, strict=True) if case.answers is not None
    ]
    return {"stance": sum(stances) / max(1, len(stances)), "answerable AUROC": _auroc(answers)}


def _is_right(told: int, stance: int) -> bool:
    return told != SUPPORT if stance == NOT_SUPPORT else told == stance


def _best_score(windows: Sequence[Told]) -> float:
    return max(
        (span.score for one in windows for span in best_spans(one.start, one.end, one.offsets, 1)), default=-99.0
    )


def _auroc(scored: Sequence[tuple[float, bool]]) -> float:
    from scipy.stats import mannwhitneyu

    yes, no = ([score for score, right in scored if right is wanted] for wanted in (True, False))
    return float(mannwhitneyu(yes, no).statistic / (len(yes) * len(no))) if yes and no else 0.5


def ablate(
    config: Config,
    encoder: Callable[[Config], ReaderModel] = new_reader,
    load: Callable[[Path, int], OnnxPairReader] = exact_reader,
) -> dict[str, Figures]:
    """The figures of the whole run and of each without a group that it has; kept in `ablation.json`."""
    file = config.paths.work / "ablation.json"
    done: dict[str, Figures] = json.loads(file.read_text("utf-8")) if file.exists() else {}
    present = {recipe for stage in config.stages for recipe in stage.recipes}
    runs: dict[str, tuple[str, ...]] = {"all": ()}
    runs |= {name: recipes for name, recipes in GROUPS.items() if present & set(recipes)}
    cases = held_out(Rows(config.paths.rows))
    for name, recipes in runs.items():
        if name in done:
            continue
        chosen = without(config, name, recipes)
        chosen.paths.work.mkdir(parents=True, exist_ok=True)
        weights = chosen.paths.weights
        if not weights.exists():
            Run(chosen, encoder).train()
        done[name] = measure(load(weights, config.threads), cases)
        file.write_text(json.dumps(done, indent=1) + "\n", encoding="utf-8")
    return done


def table(figures: Mapping[str, Figures]) -> str:
    """Markdown: each run, and by how much it is off the whole one."""
    whole = figures["all"]
    lines = [f"| without | {' | '.join(whole)} |", "|---" * (len(whole) + 1) + "|"]
    for name, told in figures.items():
        cells = [
            f"{told[key]:.3f} ({told[key] - whole[key]:+.3f})" if name != "all" else f"{told[key]:.3f}" for key in whole
        ]
        lines.append(f"| {'nothing' if name == 'all' else name} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m training.ablate", description=__doc__)
    parser.add_argument("--config", type=Path, required=True)
    given = parser.parse_args(arguments)
    try:
        config = read_config(given.config)
        config.paths.work.mkdir(parents=True, exist_ok=True)
        torch.set_num_threads(1)
        sys.stdout.write(table(ablate(config)))
    except BylineError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
