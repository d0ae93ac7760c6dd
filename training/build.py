"""A config's examples, stage by stage, as token arrays in its work folder."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path

from tokenizers import Tokenizer

from rag.embed import bundled_dir
from rag.errors import SettingsError
from rag.pair_tokens import BERT, MPNET, Vocabulary
from training import claims, contrasts, passages, recipes
from training.config import Config, Stage
from training.encode import Encoded, Taught, encode
from training.examples import Example
from training.recipes import Kitchen, Recipe
from training.rows import Rows

RECIPES: dict[str, Recipe] = {
    recipe.__name__: recipe
    for recipe in (
        recipes.pairs,
        recipes.pairs_in_passages,
        recipes.short_questions,
        recipes.questions_in_passages,
        recipes.unanswered_lines,
        recipes.long_questions,
        recipes.unanswered_passages,
        recipes.judged,
        recipes.cloze_questions,
        recipes.headline_questions,
        recipes.headlines,
        claims.answers_as_claims,
        claims.changed_sentences,
        contrasts.contrasts,
        contrasts.questions_of_roles,
        passages.framed_questions,
        passages.framed_unanswered,
        passages.proofs,
        passages.yes_no,
        passages.choices,
        passages.rewordings,
        passages.mined_questions,
        passages.mined_claims,
    )
}


def tokenizer() -> Tokenizer:
    """The bundled model's, without padding and truncation. Raises ModelError when its package is missing."""
    found = Tokenizer.from_file(str(bundled_dir() / "tokenizer.json"))
    found.no_padding()
    found.no_truncation()
    return found


def vocabulary(config: Config) -> Vocabulary:
    return MPNET if config.paths.encoder else BERT


def stages(config: Config) -> list[Encoded]:
    """Each stage's examples; made anew only where the work folder has none of this config."""
    files = stage_files(config)
    if not all(file.exists() for file in files):
        files[0].parent.mkdir(parents=True, exist_ok=True)
        _make(config, files)
    return [Encoded.load(file) for file in files]


def stage_files(config: Config) -> list[Path]:
    """Where each stage's examples are kept."""
    folder = config.paths.work / f"examples-{config.examples_digest}"
    return [folder / f"{n}-{stage.name}.npz" for n, stage in enumerate(config.stages)]


def taught_file(examples: Path) -> Path:
    """Beside a stage's examples."""
    return examples.with_name(f"{examples.stem}-taught.npz")


def taught(config: Config) -> list[Taught | None]:
    """What a teacher says of each stage's examples; None of a stage that none was asked about."""
    files = map(taught_file, stage_files(config))
    return [Taught.load(file) if file.exists() else None for file in files]


def _make(config: Config, files: list[Path]) -> None:
    served = Servings(Kitchen(Rows(config.paths.rows), random.Random(config.seed)))
    words = tokenizer()
    for stage, file in zip(config.stages, files, strict=True):
        made = [example for name, many in stage.recipes.items() for example in served.take(name, many)]
        encoded = encode(made, words, config.shape.max_tokens, config.shape.first_tokens, vocabulary(config))
        encoded.save(file)
        print(_told(stage, made, encoded), flush=True)


class Servings:
    """Examples of each recipe in turn; when a recipe has given all, it starts again with other chances."""

    def __init__(self, kitchen: Kitchen) -> None:
        self._kitchen = kitchen
        self._open: dict[str, Iterator[Example]] = {}

    def take(self, name: str, many: int) -> list[Example]:
        if name not in RECIPES:
            raise SettingsError(f"There is no recipe {name}.", remedy=f"Choose from {', '.join(RECIPES)}.")
        taken: list[Example] = []
        while len(taken) < many:
            more = list(islice(self._source(name), many - len(taken)))
            taken += more
            if not more:
                del self._open[name]
        return taken

    def _source(self, name: str) -> Iterator[Example]:
        if name not in self._open:
            fresh = RECIPES[name](self._kitchen)
            first = next(fresh, None)
            if first is None:
                raise SettingsError(f"The recipe {name} makes nothing of these rows.", remedy="Leave it out.")
            self._open[name] = chain((first,), fresh)
        return self._open[name]


def _told(stage: Stage, made: list[Example], encoded: Encoded) -> str:
    tokens: Counter[str] = Counter()
    for one, length in zip(made, encoded.lengths, strict=True):
        tokens[one.recipe] += int(length)
    parts = ", ".join(f"{name} {count / 1e6:.2f}" for name, count in tokens.items())
    return f"stage {stage.name}: {len(made)} examples, {encoded.offsets[-1] / 1e6:.2f} million tokens ({parts})"
