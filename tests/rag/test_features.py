from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rag.candidates import candidates
from rag.features import FEATURES, features, met, names_met, see
from rag.question import ask
from tests.rag.reading import article, hit


def values(question: str, *sentences: str, title: str | None = None) -> dict[str, float]:
    """Of the last sentence."""
    made = hit(*sentences, of=article(title=title))
    found = features(ask(question), candidates([made])[-1], see(made), 0.5, 1.0)
    return dict(zip(FEATURES, found, strict=True))


def test_coverage_widens_from_sentence_to_passage_and_title() -> None:
    seen = values("Which wharf did Orsa buy in Tarn?", "Orsa grew.", "Rain fell.", "It is new.", title="Tarn news")
    assert seen["cover"] <= seen["cover_near"] <= seen["cover_all"]
    assert seen["cover_named"] > seen["cover"]


def test_names_are_met_by_their_forms_and_initials() -> None:
    assert met("china", frozenset({"chines"}))
    assert not met("ford", frozenset({"fort"}))
    assert names_met(ask("What did the EU ask?"), see(hit("The European Union asked.")).everything) == 1.0


def test_a_run_of_shared_words_counts_but_not_of_stop_words() -> None:
    assert values("Who is the first mate of the Lind?", "Kim is the first mate.")["run"] == 0.8
    assert values("Who is of the Lind?", "Kim is of a kind.")["run"] == 0.0


def test_the_wanted_kind_and_what_stands_near_it() -> None:
    near = values("How many boats did Orsa buy?", "Orsa did buy 12 boats.")
    assert (near["has_kind"], near["lacks_kind"]) == (1.0, 0.0)
    assert near["closeness"] > 0.5
    assert values("How many boats did Orsa buy?", "Orsa did buy boats.")["lacks_kind"] == 1.0


@given(st.text(max_size=80), st.lists(st.text(min_size=1, max_size=60), min_size=1, max_size=4))
def test_every_feature_is_a_share(question: str, sentences: list[str]) -> None:
    made = hit(*sentences)
    for one in candidates([made]):
        assert all(0.0 <= v <= 1.0 for v in features(ask(question), one, see(made), 0.5, 1.0))
