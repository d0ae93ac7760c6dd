from __future__ import annotations

import pytest

from rag.attribute import attribute


@pytest.mark.parametrize(
    ("sentence", "kind", "source"),
    [
        ("Kari Holm said the port would close.", "on the record", "Kari Holm"),
        ("The port will close, a spokesman for the council said.", "on the record", "a spokesman for the council"),
        (
            "The port will close, according to people familiar with the plan.",
            "anonymous",
            "people familiar with the plan",
        ),
        ("Two sources said the port would close.", "anonymous", "Two sources"),
        ("Unnamed officials described the talks as preliminary.", "anonymous", "Unnamed officials"),
        ("The port will close, according to a filing with the court.", "document", "filing with the court"),
        ("News agency Bloomberg reports that the port will close.", "outlet", "Bloomberg"),
        ("The port will close.", "article", None),
        ("Members oppose it, citing privacy concerns.", "article", None),
    ],
)
def test_who_says_it(sentence: str, kind: str, source: str | None) -> None:
    told = attribute(sentence)
    assert (told.kind, told.source) == (kind, source)


def test_an_outlet_that_cites_sources_is_a_chain() -> None:
    told = attribute("The two are in talks, reported Reuters, citing sources.", read_in="just-auto.com")
    assert (told.kind, told.chain, told.origin) == ("anonymous", ("sources", "Reuters", "just-auto.com"), "Reuters")


def test_what_an_article_rests_on_holds_for_its_later_sources() -> None:
    before = "The two are in talks, reported Reuters, citing sources. They met in May. "
    told = attribute("One person said Valencia leads.", before, "just-auto.com")
    assert told.chain == ("One person", "Reuters", "just-auto.com")


@pytest.mark.parametrize(
    ("sentence", "before", "source"),
    [
        ("He said it would.", "Jon Berg said no. Kari Holm said yes. ", "Kari Holm"),
        ("“It will go on.”", "“It began,” Kari Holm said. ", "Kari Holm"),
        ("Despite President Jon Berg’s views, he has suggested that it would.", "", "President Jon Berg"),
    ],
)
def test_a_pronoun_or_a_bare_quote_has_the_speaker_before_it(sentence: str, before: str, source: str) -> None:
    assert attribute(sentence, before).source == source
