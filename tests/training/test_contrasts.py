"""Sentences made with their labels: what is said of them must hold by the words alone."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training import contrasts
from training.cast import dealing, namesake, person
from training.contrasts import _FORMS, _asked
from training.parties import roles
from training.rows import NEITHER, NOT_SUPPORT, REFUTE, SUPPORT

FORMS = [form for form, _ in _FORMS]
seeds = st.integers(0, 100_000)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
@given(seed=seeds)
def test_every_form_tells_of_a_text_what_is_true_and_what_is_not(form: contrasts.Form, seed: int) -> None:
    text, claims = form(random.Random(seed))
    assert claims
    for claim, stance in claims:
        assert stance in (SUPPORT, REFUTE, NEITHER, NOT_SUPPORT)
        assert not re.search(r"\{|\}|  |\0", claim + text)
        assert claim.rstrip("?.") != text or stance == SUPPORT
    assert (text, claims) == form(random.Random(seed))


@given(seeds)
def test_who_did_it_and_who_suffered_it_never_change_places_in_a_true_claim(seed: int) -> None:
    made, one, two = dealing(random.Random(seed))
    _, claims = roles(random.Random(seed))
    forward = {f"{one} {way} {two}" for way in (made.past + made.tail, made.past, *made.alike)}
    for claim, stance in claims:
        if stance in (REFUTE, NOT_SUPPORT) and claim.endswith("?"):
            assert claim.startswith(f"Did {two} ")
        if stance == REFUTE:
            assert claim not in forward


@given(seeds)
def test_an_answer_stands_in_its_sentence_and_is_not_who_is_named_in_the_question(seed: int) -> None:
    for question, told, answer in _asked(random.Random(seed)):
        assert question.endswith("?")
        if answer:
            assert answer in told
            assert answer not in question


@given(seeds)
def test_a_namesake_is_somebody_else(seed: int) -> None:
    rng = random.Random(seed)
    one = person(rng)
    other = namesake(one, rng)
    assert one != other
    assert one.split(" ", 1)[1] == other.split(" ", 1)[1]
