"""The stability index against a second definition, and drift that it must and must not see."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import rel_entr

from ml.monitoring import drift_of_counts, drift_of_values, panel_references, psi
from ml.monitoring.references import counts_in, edges_of

RANDOM = np.random.default_rng(5)
MUCH = 0.2
COUNTS = st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), min_size=1, max_size=30)
NUMBERS = st.lists(st.floats(-1e9, 1e9) | st.sampled_from([0.0, 1.0]), min_size=1, max_size=200)


def reference(values, name="amount"):
    features = pd.DataFrame({name: values})
    (found,) = panel_references(features, pd.DataFrame(index=features.index), {})[:1]
    return found


def drift(before, now):
    return drift_of_values(reference(before), pd.Series(now))


@given(COUNTS)
def test_the_index_is_the_sum_of_both_divergences_of_scipy(counts):
    before, now = (np.array(side, dtype=float) + 0.5 for side in zip(*counts, strict=True))
    before, now = before / before.sum(), now / now.sum()
    expected = rel_entr(before, now).sum() + rel_entr(now, before).sum()
    assert psi(*zip(*counts, strict=True)) == pytest.approx(expected, rel=1e-9, abs=1e-12)


@given(COUNTS)
def test_the_index_is_never_negative_and_the_same_both_ways(counts):
    before, now = zip(*counts, strict=True)
    assert psi(before, now) >= 0
    assert psi(before, now) == pytest.approx(psi(now, before), abs=1e-12)
    assert psi(before, before) == 0


def test_the_index_of_a_known_table():
    # Ten per cent moved from the first of two bins to the second: 0.1 * ln(0.6 / 0.5) - 0.1 * ln(0.4 / 0.5).
    assert psi([500_000, 500_000], [400_000, 600_000]) == pytest.approx(0.1 * np.log(1.5), rel=1e-4)


@given(NUMBERS)
def test_every_row_of_the_reference_is_in_one_bin(numbers):
    values = np.array(numbers)
    edges = edges_of(values)
    assert (np.diff(edges) > 0).all()
    assert counts_in(edges, values).sum() == len(values)


@pytest.mark.parametrize(
    ("before", "now"),
    [
        pytest.param(RANDOM.normal(size=5000), RANDOM.normal(size=500), id="normal"),
        pytest.param(RANDOM.poisson(0.05, 5000), RANDOM.poisson(0.05, 500), id="mostly 0"),
        pytest.param([3.0] * 5000, [3.0] * 500, id="constant"),
        pytest.param([np.nan] * 5000, [np.nan] * 500, id="never known"),
        pytest.param(["a", "b", None] * 2000, ["a", "b", None] * 200, id="categories"),
    ],
)
def test_rows_like_those_of_the_reference_are_no_drift(before, now):
    assert drift(before, now).psi < 0.1


@pytest.mark.parametrize(
    ("before", "now"),
    [
        pytest.param(RANDOM.normal(size=5000), RANDOM.normal(1, 1, size=500), id="moved"),
        pytest.param(RANDOM.poisson(0.05, 5000), RANDOM.poisson(0.5, 500), id="no longer mostly 0"),
        pytest.param([3.0] * 5000, [3.5] * 500, id="another constant"),
        pytest.param([3.0] * 5000, [2.5] * 500, id="a smaller constant"),
        pytest.param([1.0] * 5000, [np.nan] * 500, id="no longer known"),
        pytest.param([np.nan] * 5000, [1.0] * 500, id="known at last"),
        pytest.param(["a", "b"] * 2000, ["a", "c"] * 200, id="another category"),
    ],
)
def test_other_rows_are_drift(before, now):
    assert drift(before, now).psi > MUCH


def test_what_is_missing_or_new_is_counted():
    found = drift(["a", "b", None, "b"] * 100, ["a", "new", None, ""] * 100)
    assert (found.missing_share, found.reference_missing_share, found.unseen_share) == (0.5, 0.25, 0.25)


def test_numbers_have_no_unseen_categories():
    assert drift([1.0, 2.0], [9.0]).unseen_share is None


def test_a_category_that_was_too_rare_to_be_listed_is_no_drift_of_its_own():
    before = [f"c{number}" for number in range(1000)] * 5
    assert drift(before, before).psi < 0.1


@given(NUMBERS, NUMBERS)
def test_the_database_and_numpy_count_into_the_same_bins(before, now):
    kept = reference(np.array(before))
    edges = np.array(kept.content["edges"])
    # As width_bucket counts: how many edges are not above the value.
    bins = [int((edges <= value).sum()) for value in now]
    counted = drift_of_counts(kept, {each: bins.count(each) for each in set(bins)})
    assert counted == drift_of_values(kept, pd.Series(now, dtype="float64"))


def test_hours_are_measured_but_say_nothing_of_a_panel():
    assert drift_of_values(reference([1.0, 2.0], "hour"), pd.Series([9.0])).is_calendar
    assert not drift_of_values(reference([1.0, 2.0]), pd.Series([9.0])).is_calendar


def test_references_hold_features_scores_and_votes_and_are_plain_json():
    features = pd.DataFrame({"amount": [1.0, 2.0, np.nan, 4.0], "category": ["a", None, "a", "b"]})
    scores = pd.DataFrame({"xgboost": [0.1, 0.9, 0.9, 0.2], "random_forest": [0.1, 0.9, 0.1, 0.2]})
    found = panel_references(features, scores, {"xgboost": 0.5, "random_forest": 0.5})
    assert [(each.kind, each.name, each.rows) for each in found] == [
        ("feature", "amount", 4),
        ("feature", "category", 4),
        ("score", "xgboost", 4),
        ("score", "random_forest", 4),
        ("vote", "xgboost", 4),
        ("vote", "random_forest", 4),
        ("vote", "unanimous", 4),
        ("vote", "majority", 4),
    ]
    said = {each.name: each.content for each in found if each.kind == "vote"}
    assert said["unanimous"] == {"fraud": 1, "share": 0.25}
    assert said["majority"] == {"fraud": 1, "share": 0.25}
    assert said["xgboost"] == {"fraud": 2, "share": 0.5}
    for each in found:
        assert json.loads(json.dumps(each.content, allow_nan=False)) == each.content
