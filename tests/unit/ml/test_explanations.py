"""Contributions are those of the trees, their sum is the score, and the strongest towards fraud are told."""

import json
import math

import numpy as np
import pandas as pd
import pytest
from sklearn.pipeline import make_pipeline
from xgboost import XGBClassifier

from ml.calibration import Calibrated
from ml.explanations import UNEXPLAINED, explain
from ml.features import FEATURE_NAMES, NUMERIC_NAMES
from ml.inputs import CategoryNumbers

COLUMNS = ["amount", "is_night", "merchant_risk_7d", "distance_km"]


def make_features(rows, seed=0):
    values = np.random.default_rng(seed).uniform(0, 1, (rows, len(NUMERIC_NAMES)))
    ids = pd.Index([f"T{number}" for number in range(rows)], name="transaction_id")
    return pd.DataFrame(values, index=ids, columns=list(NUMERIC_NAMES)).assign(category="travel")[list(FEATURE_NAMES)]


def make_member(of, columns=COLUMNS):
    features = make_features(400)
    fraud = of(features).to_numpy(bool)
    trees = XGBClassifier(n_estimators=20, max_depth=3, base_score=0.5, n_jobs=1)
    return make_pipeline(CategoryNumbers(), trees).fit(features[columns], fraud)


class Silent:
    """A member that cannot say what moved it."""

    def predict_proba(self, x):
        return np.full((len(x), 2), 0.5)


def test_without_a_member_that_allows_it_nothing_is_explained():
    assert explain(make_features(2), {"a": Silent()}) == [UNEXPLAINED, UNEXPLAINED]


def test_no_rows_give_no_explanations():
    assert explain(make_features(0), {"a": Silent()}) == []


def test_the_strongest_towards_fraud_are_told_with_their_values():
    member = make_member(lambda x: x["merchant_risk_7d"] > 0.5)
    row = make_features(1).assign(merchant_risk_7d=0.83)
    (why,) = explain(row, {"xgboost": member, "silent": Silent()}, pd.Series({"T0": "KRW"}))
    assert why.contributions[0]["feature"] == "merchant_risk_7d"
    assert why.contributions[0]["value"] == 0.83
    strengths = [each["contribution"] for each in why.contributions]
    assert strengths == sorted(strengths, reverse=True)
    assert len(strengths) <= 3
    assert min(strengths) > 0
    assert why.explanation_ko.startswith("이 가맹점에서 사기 확인 기간이 지난 최근 7일 거래의 83%가 사기로 확인됨")
    assert why.explanation_en.startswith("83% of this merchant's purchases")


def test_contributions_are_exact_they_sum_up_to_the_log_odds():
    columns = ["merchant_risk_7d"]
    member = make_member(lambda x: x["merchant_risk_7d"] > 0.5, columns)
    row = make_features(1).assign(merchant_risk_7d=0.9)
    (why,) = explain(row, {"xgboost": member})
    train = make_features(400)[columns]
    probability = member.predict_proba(row[columns])[0, 1]
    # Of one feature: the score less the mean score over the rows that the trees were grown on.
    margins = member[-1].predict(train, output_margin=True)
    expected = math.log(probability / (1 - probability)) - margins.mean()
    assert why.contributions[0]["contribution"] == pytest.approx(expected, abs=0.1)


def test_members_count_alike_and_one_that_does_not_know_a_feature_is_not_moved_by_it():
    risk, night = (make_member(lambda x, n=n: x[n] > 0.5, [n]) for n in ("merchant_risk_7d", "is_night"))
    row = make_features(1).assign(merchant_risk_7d=0.9, is_night=0.9)
    (alone,), (together,) = explain(row, {"a": risk}), explain(row, {"a": risk, "b": night})
    assert {each["feature"] for each in together.contributions} == {"merchant_risk_7d", "is_night"}
    halved = next(each for each in together.contributions if each["feature"] == "merchant_risk_7d")
    assert halved["contribution"] == pytest.approx(alone.contributions[0]["contribution"] / 2, abs=1e-3)


def test_a_calibrated_member_is_explained_in_its_calibrated_log_odds():
    member = make_member(lambda x: x["merchant_risk_7d"] > 0.5)
    row = make_features(1).assign(merchant_risk_7d=0.9)
    (bare,), (calibrated,) = explain(row, {"a": member}), explain(row, {"a": Calibrated(member, -1.0, 0.5)})
    expected = [(each["feature"], pytest.approx(each["contribution"] / 2, abs=1e-3)) for each in bare.contributions]
    assert [(each["feature"], each["contribution"]) for each in calibrated.contributions] == expected


def test_each_row_has_its_own_explanation():
    member = make_member(lambda x: (x["merchant_risk_7d"] > 0.5) | (x["is_night"] > 0.5))
    rows = make_features(2).assign(merchant_risk_7d=[0.9, 0.1], is_night=[0.1, 0.9])
    first, second = explain(rows, {"a": member})
    assert (first.contributions[0]["feature"], second.contributions[0]["feature"]) == ("merchant_risk_7d", "is_night")


def test_contributions_are_json_whatever_is_unknown():
    member = make_member(lambda x: x["distance_km"].isna() | (x["distance_km"] > 0.5))
    (why,) = explain(make_features(1).assign(distance_km=np.nan), {"a": member})
    assert json.loads(json.dumps(why.contributions, allow_nan=False)) == why.contributions
    assert {each["feature"]: each["value"] for each in why.contributions}.get("distance_km", "absent") is None
