"""Scores become predictions and verdicts, whatever member is missing."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from xgboost import XGBClassifier

from ml.calibration import Calibrated
from ml.features import FEATURE_NAMES
from ml.inputs import CategoryNumbers
from ml.models import MEMBERS
from ml.scoring import is_suspicious, score, score_members, score_past, with_reasons


class Fixed:
    """A member whose probability is the amount divided by a number; counts how often it is asked."""

    def __init__(self, divisor: float) -> None:
        self.divisor = divisor
        self.calls = 0

    def predict_proba(self, x: pd.DataFrame) -> np.ndarray[Any, Any]:
        self.calls += 1
        assert list(x.columns) == list(FEATURE_NAMES)
        fraud = (x["amount"] / self.divisor).to_numpy(np.float32)
        return np.column_stack([1 - fraud, fraud])


def make_features(*amounts: float) -> pd.DataFrame:
    frame = pd.DataFrame(0.0, index=range(len(amounts)), columns=list(FEATURE_NAMES)).assign(amount=list(amounts))
    frame = frame.assign(customer_count_1d=1.0, customer_count_7d=2.0, customer_count_30d=2.0)
    means = dict.fromkeys(("customer_mean_7d", "customer_mean_30d"), (frame["amount"] + 1) / 2)
    frame = frame.assign(customer_mean_1d=frame["amount"], **means)
    return frame.set_axis(pd.Index([f"T{number}" for number in range(len(amounts))], name="transaction_id"))


THRESHOLDS = {"a": 0.5, "b": 0.5, "c": 0.5}


def test_each_member_gives_each_transaction_a_score_and_a_vote() -> None:
    scores = score(make_features(90, 60), {"a": Fixed(100), "b": Fixed(150)}, {"a": 0.5, "b": 0.5})
    assert scores.predictions.to_dict("list") == {
        "transaction_id": ["T0", "T0", "T1", "T1"],
        "member": ["a", "b", "a", "b"],
        "score": [np.float32(0.9), np.float32(0.6), np.float32(0.6), np.float32(0.4)],
        "is_fraud_vote": [True, True, True, False],
    }
    assert scores.verdicts["votes"].tolist() == [2, 1]
    assert scores.verdicts["transaction_id"].tolist() == ["T0", "T1"]


def test_a_missing_member_has_not_voted() -> None:
    verdict = score(make_features(90), {"a": Fixed(100), "b": Fixed(100)}, THRESHOLDS).verdicts.iloc[0]
    assert (verdict["votes"], verdict["voters"], verdict["members"]) == (2, 2, 3)


def test_a_member_the_panel_does_not_name_is_not_asked() -> None:
    stranger = Fixed(100)
    predictions = score(make_features(90), {"a": Fixed(100), "x": stranger}, {"a": 0.5}).predictions
    assert predictions["member"].tolist() == ["a"]
    assert stranger.calls == 0


def test_a_member_of_an_earlier_release_is_asked_of_the_features_of_its_day() -> None:
    trained = LogisticRegression().fit(make_features(10, 90)[["amount", "is_night"]], [False, True])
    scores = score_members(make_features(10, 90), {"bare": trained, "calibrated": Calibrated(trained)})
    assert scores["bare"].tolist() == pytest.approx(scores["calibrated"].tolist())
    assert scores["bare"].is_monotonic_increasing


def judged(features: pd.DataFrame, members: dict[str, Any], thresholds: dict[str, float]) -> pd.DataFrame:
    """Return the verdicts that have reasons, with them."""
    verdicts = score(features, members, thresholds).verdicts
    is_told = is_suspicious(verdicts)
    return with_reasons(verdicts[is_told], features[is_told.array], members, thresholds)


def test_reasons_change_nothing_that_was_said_before() -> None:
    members = {"a": Fixed(100), "b": Fixed(100), "c": Fixed(100)}
    said = score(make_features(90, 10), members, THRESHOLDS).verdicts
    told = judged(make_features(90, 10), members, THRESHOLDS)
    assert told["transaction_id"].tolist() == said["transaction_id"].tolist()[:1]
    pd.testing.assert_frame_equal(told[list(said)], said[:1])
    assert set(told) - set(said) == {"reasons", "contributions", "explanation_ko", "explanation_en"}


def test_only_a_unanimous_row_is_explained() -> None:
    rows = make_features(*range(0, 200, 2))
    trees = make_pipeline(CategoryNumbers(), XGBClassifier(n_estimators=5, max_depth=1, base_score=0.5, n_jobs=1))
    trees.fit(rows[["amount"]], rows["amount"] > 99)
    members = {"a": Fixed(100), "b": Fixed(100), "trees": trees}
    verdicts = judged(make_features(90, 150), members, THRESHOLDS | {"trees": 0.5})
    assert verdicts["explanation_en"].tolist() == [None]
    verdicts = judged(make_features(90, 150), members, {"a": 0.5, "b": 0.5, "trees": 0.5})
    assert verdicts["explanation_en"].tolist() == [None, "An amount of 150.00."]
    assert [[each["feature"] for each in told] for told in verdicts["contributions"]] == [[], ["amount"]]
    assert [len(reasons) > 0 for reasons in verdicts["reasons"]] == [True, True]


def test_what_most_members_call_fraud_is_suspicious_and_has_reasons_of_its_own() -> None:
    members, thresholds = {"a": Fixed(100), "b": Fixed(100), "c": Fixed(100)}, {"a": 0.5, "b": 0.5, "c": 0.8}
    features = make_features(10, 90, 70)
    features.loc["T2", ["customer_mean_7d", "customer_mean_30d"]] = 70.0
    verdicts = score(features, members, thresholds | {"gone": 0.5}).verdicts
    assert is_suspicious(verdicts).tolist() == [False, True, False]
    verdicts = judged(features, members, thresholds)
    assert verdicts["transaction_id"].tolist() == ["T1", "T2"]
    assert verdicts["reasons"].tolist() == [["amount_far_above_usual"], ["unusual_combination"]]


def test_scores_stay_within_zero_and_one() -> None:
    scores = score_members(make_features(-1, 101), {"a": Fixed(100)})
    assert scores["a"].tolist() == [0.0, 1.0]
    assert scores["a"].dtype == np.float64


def test_no_transactions_give_empty_frames_of_the_same_columns() -> None:
    full, empty = (score(make_features(*amounts), {"a": Fixed(100)}, {"a": 0.5}) for amounts in ([90], []))
    assert list(empty.predictions) == list(full.predictions)
    assert list(empty.verdicts) == list(full.verdicts)
    assert len(empty.predictions) == len(empty.verdicts) == 0
    full, empty = (judged(make_features(*amounts), {"a": Fixed(100)}, {"a": 0.5}) for amounts in ([90], []))
    assert list(empty) == list(full)


def test_panel_score_is_between_those_of_the_members() -> None:
    verdicts = score(make_features(60), {"a": Fixed(100), "b": Fixed(200)}, {"a": 0.5, "b": 0.5}).verdicts
    assert 0.3 < verdicts["panel_score"].iloc[0] < 0.6


@pytest.fixture(scope="module")
def fitted() -> tuple[dict[str, Any], pd.DataFrame]:
    """Members fitted on figures of no meaning, and rows to score."""
    rng = np.random.default_rng(3)
    values = rng.lognormal(size=(1_203, len(FEATURE_NAMES)))
    x = pd.DataFrame(values, columns=list(FEATURE_NAMES)).assign(category=rng.choice(["food", "fuel", ""], 1_203))
    x.index = pd.Index([f"T{number}" for number in range(len(x))], name="transaction_id")
    y = rng.random(len(x)) < 0.3
    return {"logistic_regression": MEMBERS["logistic_regression"](7).fit(x, y)}, x


@pytest.mark.parametrize("rows", [pytest.param(rows, id=f"{rows} at once") for rows in (1, 3, 7, 16, 101)])
def test_a_score_is_the_same_bits_whatever_is_scored_with_it(fitted: Any, rows: int) -> None:
    members, x = fitted
    parts = [score_members(x.iloc[begin : begin + rows], members) for begin in range(0, 303, rows)]
    some = pd.concat(parts)
    pd.testing.assert_frame_equal(some, score_members(x, members).loc[some.index], check_exact=True)


def test_the_past_is_scored_as_it_would_have_been_live(fitted: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    members, x = fitted
    thresholds = {"gone": 0.5, "logistic_regression": 0.4}
    live = score(x, members, thresholds)
    monkeypatch.setattr("ml.scoring.ROWS_AT_ONCE", 100)
    scores, verdicts = score_past(x, members, thresholds)
    assert scores["gone"].isna().all()
    assert scores["logistic_regression"].tolist() == live.predictions["score"].tolist()
    pd.testing.assert_frame_equal(verdicts, live.verdicts[list(verdicts)], check_exact=True)
    assert 0 < verdicts["votes"].sum() < len(x)
    assert set(verdicts["voters"]) == {1}
    assert set(verdicts["members"]) == {2}


def test_a_member_is_never_asked_of_more_rows_than_fit_beside_all_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ml.scoring.ROWS_AT_ONCE", 32)
    asked = []

    class Noting:
        def predict_proba(self, x: pd.DataFrame) -> Any:
            asked.append(len(x))
            return np.full((len(x), 2), 0.5)

    x = pd.DataFrame(0.0, pd.RangeIndex(70), list(FEATURE_NAMES))
    assert len(score_members(x, {"noting": Noting()})) == 70
    assert asked == [32, 32, 16]


def test_nothing_of_the_past_gives_empty_frames_of_the_same_columns() -> None:
    scores, verdicts = score_past(make_features(), {"a": Fixed(100)}, {"a": 0.5})
    assert (list(scores), len(scores), len(verdicts)) == (["a"], 0, 0)
