"""The page is served with its answers, and what it says of its drawing is heard."""

import json

import httpx
import pytest

from tests.drawing.page import served


@pytest.fixture
def page(tmp_path):
    (tmp_path / "index.html").write_text("the page")
    with served(tmp_path, {"en-drift": {"title": "Drift"}}) as page:
        yield page


def test_the_page_and_its_answers_are_served(page):
    address = page.of("en-drift")

    assert httpx.get(address).text == "the page"
    assert httpx.get(httpx.URL(address).join("/answers/en-drift.json")).json() == {"title": "Drift"}


def test_the_outcome_is_heard(page):
    outcome = {"drawn": 2, "empty": [], "faults": []}
    httpx.post(httpx.URL(page.of("en-drift")).join("/outcome"), content=json.dumps(outcome))

    assert page.outcomes.get(timeout=5) == outcome


def test_what_an_earlier_drawing_said_is_forgotten(page):
    page.outcomes.put({"drawn": 0})
    page.forget()

    assert page.outcomes.empty()
