"""What the checks say of a sentence, item by item: the details are what people read."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.checks.compare import compare
from rag.checks.grounds import Grounds

PUBLISHED = date(2021, 3, 9)
HARBOUR = Grounds(
    "On 3 March the council said it was considering building a second quay for as much as 37.6 million euros.",
    before="The Oslo Harbour Council met. ",
    published=PUBLISHED,
)
HOLM = Grounds(
    "Kari Holm, head of the port, said: “We have not decided anything yet, but clearly we are talking with Geely.”"
)
CARMAKER = Grounds(
    "The German automaker would not take a stake in Ford.", before="Volkswagen’s chief met them on Monday. "
)


def failing(sentence: str, *grounds: Grounds) -> list[tuple[str, str, bool]]:
    return [(one.check.kind, one.check.detail, one.against) for one in compare(sentence, grounds) if not one.check.ok]


@pytest.mark.parametrize(
    ("sentence", "grounds"),
    [
        ("The council said on 3 March 2021 that it was considering building a second quay.", HARBOUR),
        ("The council considers building a second quay for up to 37.6m euros.", HARBOUR),
        ("Kari Holm said nothing had been decided.", HOLM),
        ("Fog has “not decided anything yet”, Holm said.", HOLM),
        ("The port has “not decided anything yet”, Holm said.", HOLM),
        ("Volkswagen would not take a stake in Ford.", CARMAKER),
        ("The German automaker will not take a stake in Ford.", CARMAKER),
        ("VW ruled out taking a stake in Ford.", CARMAKER),
    ],
)
def test_what_says_the_same_passes(sentence: str, grounds: Grounds) -> None:
    assert failing(sentence, grounds) == []


@pytest.mark.parametrize(
    ("sentence", "grounds", "kind", "detail"),
    [
        (
            "The council was considering building a second quay for as much as 47.6 million euros.",
            HARBOUR,
            "number",
            "the article says up to 37.6 million euros, the sentence says up to 47.6 million euros",
        ),
        (
            "The council was considering building a quay for 37.6 million euros.",
            HARBOUR,
            "number",
            "the article says up to 37.6 million euros, the sentence says 37.6 million euros",
        ),
        (
            "On 5 March the council said it was considering building a second quay.",
            HARBOUR,
            "date",
            "the article says 3 March, the sentence says 5 March",
        ),
        (
            "Jon Berg, head of the port, said they had not decided anything yet.",
            HOLM,
            "name",
            "the article says Kari Holm, the sentence says Jon Berg",
        ),
        (
            "Jon Berg said they had not decided anything yet but were talking with Geely.",
            HOLM,
            "speech",
            "the article says Kari Holm said it, the sentence says Jon Berg",
        ),
        (
            "Holm said: “We have decided everything, but clearly we are talking with Geely.”",
            HOLM,
            "speech",
            "the article says “We have not decided anything yet, but clearly we are talking with Geely.”, "
            "the sentence says “We have decided everything, but clearly we are talking with Geely.”",
        ),
        (
            "The German automaker would take a stake in Ford.",
            CARMAKER,
            "negation",
            "the article says “would not take”, the sentence says “would take”",
        ),
    ],
)
def test_what_differs_is_said_and_speaks_against_it(sentence: str, grounds: Grounds, kind: str, detail: str) -> None:
    assert (kind, detail, True) in failing(sentence, grounds)


def test_considering_is_not_will_but_does_not_rule_it_out_either() -> None:
    told = failing("The council will be building a second quay.", HARBOUR)
    assert ("modality", "the article says “considering building”, the sentence says “will be building”", False) in told


def test_an_opposite_in_the_same_place_speaks_against_it() -> None:
    told = failing("Sales fell in Norway.", Grounds("Sales rose in Norway."))
    assert told == [("entailment", "the article says “rose”, the sentence says “fell”", True)]


def test_what_is_not_in_the_quote_is_missing_and_no_more() -> None:
    told = failing("Xpeng pays 12 percent for the harbour.", HARBOUR)
    assert ("number", "the quote has no 12 percent", False) in told


def test_a_title_that_opens_a_sentence_is_a_name() -> None:
    assert ("name", "the quote does not name Ozark", False) in failing(
        "“Ozark” was late.", Grounds("The ferry was late.")
    )


def test_an_item_may_be_in_any_of_several_quotes() -> None:
    assert failing("Kari Holm said the council was considering building a second quay.", HOLM, HARBOUR) == []


def test_two_sentences_that_are_negated_by_different_words_do_not_differ() -> None:
    told = failing("Nothing has been formally agreed in the talks.", Grounds("The talks led to no formal agreement."))
    assert not [one for one in told if one[0] == "negation"]


def test_where_several_kinds_of_items_are_other_the_quote_is_of_something_else() -> None:
    quote = Grounds("Norsk Ferger outlined plans to sell more than 6.5 million tickets by 2030.")
    told = failing("Norsk Ferger sold three million tickets in 2025.", quote)
    assert {kind for kind, _, _ in told} >= {"number", "date"}
    assert not [kind for kind, _, against in told if against]


def test_another_year_of_something_else_is_no_correction() -> None:
    quote = Grounds("Kari Holm is seen with her uncle at Havila Castle, in September 1933.", published=PUBLISHED)
    told = failing("Kari Holm died at Havila Castle on 8 September 2020.", quote)
    assert ("date", "the article says September 1933, the sentence says 8 September 2020", False) in told


def test_an_article_does_not_speak_against_what_came_after_it() -> None:
    quote = Grounds("The ferry line was named the world’s best in 2015.", published=date(2015, 6, 16))
    later, before = (failing(f"The ferry line was named the world’s best in {year}.", quote) for year in (2020, 2014))
    assert [against for *_, against in later] == [False]
    assert [against for *_, against in before] == [True]


def test_this_week_of_a_claim_is_no_date_that_can_be_looked_up() -> None:
    assert not failing("The council met this week.", Grounds("The council met."))


def test_words_in_quotation_marks_that_nobody_said_are_only_not_there() -> None:
    told = failing("Holm leads the “Top 100 sailors of 2022” list.", Grounds("Holm leads the “Top 50 sailors” list."))
    assert [against for kind, _, against in told if kind == "speech"] == [False]


def test_a_post_that_speaks_is_not_the_country_it_belongs_to() -> None:
    quote = Grounds("Inga Lie, Norway's minister for fisheries, said that the cod is the biggest worry.")
    assert not failing("The cod is the biggest worry, according to Norway’s minister of fisheries.", quote)


def test_numbers_that_count_each_other_are_told_apart() -> None:
    told = failing("Five men and two women drowned.", Grounds("Two men and five women drowned."))
    assert [kind for kind, _, against in told if against] == ["number", "number"]


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_no_text_differs_from_itself(text: str) -> None:
    told = [one for one in compare(text, [Grounds(text)]) if not one.check.ok and one.check.kind != "date"]
    assert told == []
