from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.ingest.boilerplate import mark
from tests.rag.ingest.files import STORY

MORE = (
    "“We waited for years,” said Ann Field, who leads the council. The county pays for the work, which costs a million."
)
CORPUS = Path(__file__).parents[3] / "corpus"


def marked(*paragraphs: str) -> list[tuple[str, str]]:
    text = "\n\n".join(paragraphs)
    return [(one.kind, text[one.start : one.end]) for one in mark(text)]


@pytest.mark.parametrize(
    ("kind", "paragraph"),
    [
        ("heading", "What drivers should do"),
        ("heading", "Who pays for the new bridge?"),
        ("heading", "3. Floods"),
        ("heading", "2. March 3"),
        ("heading", "## The work"),
        ("navigation", "Read more: Ten bridges that may close this year"),
        ("navigation", "BRIDGES:Ten that may close this year"),
        ("navigation", "Up next"),
        ("navigation", "Share on Facebook"),
        ("navigation", "Facebook Twitter Email"),
        ("navigation", "* * *"),
        ("navigation", "Video player was slow to load content Video content never loaded Other issues"),
        ("navigation", "This story has been updated with additional details."),
        ("signup", "Sign up for our weekly newsletter to get the news from the valley."),
        ("signup", "The best of the valley, delivered to your inbox every morning."),
        ("signup", "Support local journalism: subscribe to the Post today."),
        ("advert", "Advertisement"),
        ("advert", "We may earn a commission if you buy something."),
        ("biography", "Follow Ben Noor on Twitter: @bennoor"),
        ("biography", "Contact the reporter at ben.noor@valleypost.example."),
        ("credit", "The bridge in May. Ben Noor/Getty Images"),
        ("credit", "Photo by Ben Noor"),
        ("credit", "By Ben Noor"),
        ("credit", "Contributing: Ben Noor, The Associated Press"),
        ("credit", "Ben Noor contributed to this report."),
    ],
)
def test_boilerplate_is_marked(kind: str, paragraph: str) -> None:
    assert marked(STORY, paragraph, MORE) == [(kind, paragraph)]


@pytest.mark.parametrize(
    "paragraph",
    [
        "He signed up for the army in 1940 and came back in 1945.",
        "Residents can subscribe to the town's alerts, the mayor said on Monday.",
        "The newsletter reported losses of four million in its first year.",
        "The company earned commissions of $80 million from the site's users.",
        "Getty Images sued the company on Tuesday over the use of its photos.",
        "Reuters reported that the talks had ended without a result.",
        "The newspaper's editor said the story was true.",
        "Sara Lind is an engineer who built nine bridges.",
        "Images from the scene show that the bridge fell in one piece.",
        "Residents can nominate a bridge at https://valley.example/bridges.",
        "The county will hold a meeting on grants on July 20; builders who want to come can sign up here.",
        "Final score: Valley 27, Harbour 24",
        "— Ann Field, who leads the council, agreed with him.",
        "He tweeted a photo of the bridge from his balcony.",
        "Follow the northern road for four kilometres, the council said.",
        "CORRECTION: An earlier version of this story gave the wrong year; the bridge was built in 1911.",
        "$6.02",
        "March 3, 2021",
        "April 18",
        "April and May 2022",
    ],
)
def test_news_is_not_marked(paragraph: str) -> None:
    assert marked(STORY, paragraph, MORE) == []


def test_promotion_is_marked_from_its_call_to_action_upwards() -> None:
    advert = [
        "Explore The Tools That Builders Trust",
        "Save time and reach more clients with one subscription.",
        "Learn more",
    ]
    assert marked(STORY, *advert, MORE) == [("advert", one) for one in advert]
    assert marked(STORY, advert[1], MORE) == []


def test_a_call_to_action_below_news_takes_no_news_with_it() -> None:
    assert marked(STORY, MORE, "Find out more") == [("advert", "Find out more")]


def test_the_author_below_the_story_is_a_biography_and_a_person_of_the_story_is_not() -> None:
    author = "Lea Okafor spent ten years on building sites before writing about them. She covers bridges for the Post."
    assert marked(STORY, MORE, author) == [("biography", author)]
    assert marked(STORY, MORE, author, "Sign up for our newsletter.")[0] == ("biography", author)
    assert marked(STORY, author, MORE) == []
    assert marked(f"Lea Okafor was hurt when the bridge fell on Monday. {STORY}", author) == []


def test_a_heading_left_over_below_the_story_is_marked() -> None:
    assert marked(STORY, MORE, "More on the council") == [("heading", "More on the council")]


def test_a_list_is_not_headings() -> None:
    assert marked(STORY, "Ann Field, mayor", "Ben Noor, engineer", "Lea Okafor, driver", MORE) == []


def test_a_text_of_nothing_but_short_lines_keeps_them() -> None:
    assert marked("Bridge closes for repairs") == []
    assert (
        marked("Roses are red", "Violets are blue", "Sugar is sweet", "And so are you", "The poet waits for spring")
        == []
    )


def test_a_quotation_keeps_its_speaker() -> None:
    assert marked(STORY, "“It is the oldest bridge we have.”", "— Ann Field", MORE) == []
    assert marked(STORY, MORE, "– Ben Noor", STORY) == [("credit", "– Ben Noor")]


@pytest.mark.parametrize(
    ("file", "kinds", "first", "last"),
    [
        ("000_648f5c8c04b02520.txt", ["heading"], "Discussions with Trump", "Discussions with Trump"),
        ("001_5ff1bf6629f63886.txt", ["biography"], "Kez Casey", "CarAdvice."),
        ("002_d463962792375dd0.txt", ["advert"] * 3, "Discover", "Find out more"),
    ],
)
def test_the_articles_that_ship_come_out_right(file: str, kinds: list[str], first: str, last: str) -> None:
    text = (CORPUS / file).read_text(encoding="utf-8")
    marks = mark(text)
    assert [one.kind for one in marks] == kinds
    assert text[marks[0].start : marks[-1].end].startswith(first)
    assert text[marks[0].start : marks[-1].end].endswith(last)


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [STORY, MORE, "Read more", "By Ben Noor", "- x", "\n", "\r\n\r\n", "Up next", "👍🏽 e\u0301", "___"]
        ),
        max_size=12,
    )
)
def test_marks_are_in_order_and_apart(paragraphs: list[str]) -> None:
    text = "\n\n".join(paragraphs)
    end = 0
    for one in mark(text):
        assert end <= one.start < one.end <= len(text)
        end = one.end
