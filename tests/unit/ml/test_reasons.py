"""A reason is what would have calmed the panel most."""

import pandas as pd
import pytest

from ml.features import FEATURE_NAMES, compute_features
from ml.reasons import QUESTIONS, UNUSUAL_COMBINATION, reasons_for

ORDINARY = dict.fromkeys(FEATURE_NAMES, 0.0) | {
    "amount": 20.0,
    "customer_count_1d": 1.0,
    "customer_mean_1d": 20.0,
    "customer_count_7d": 7.0,
    "customer_mean_7d": 20.0,
    "customer_count_30d": 30.0,
    "customer_mean_30d": 20.0,
    "hour": 12.0,
    "category": "travel",
}


def make_row(**changes: float) -> pd.DataFrame:
    return pd.DataFrame([ORDINARY | changes], columns=list(FEATURE_NAMES))


def suspicious_of(**weights: float):
    """A panel whose score is a weighted sum of features, 0..1."""
    return lambda x: sum(x[name] * weight for name, weight in weights.items()).clip(0, 1)


@pytest.mark.parametrize(
    ("row", "weights", "expected"),
    [
        pytest.param(
            make_row(amount=900, customer_mean_30d=50), {"amount": 1e-3}, "amount_far_above_usual", id="amount"
        ),
        pytest.param(make_row(customer_mean_7d=60), {"customer_mean_7d": 0.01}, "spending_above_usual", id="dear week"),
        pytest.param(
            make_row(customer_count_1d=9), {"customer_count_1d": 0.1}, "purchases_more_often_than_usual", id="busy day"
        ),
        pytest.param(make_row(merchant_risk_7d=0.6), {"merchant_risk_7d": 1}, "fraud_at_this_merchant", id="merchant"),
        pytest.param(make_row(is_night=1), {"is_night": 0.5}, "at_night", id="night"),
        pytest.param(make_row(distance_km=900), {"distance_km": 1e-3}, "far_from_the_customer", id="distance"),
        pytest.param(
            make_row(customer_amount_ratio_30d=2),
            {"customer_amount_ratio_30d": 0.3},
            "amount_far_above_usual",
            id="ratio",
        ),
        pytest.param(
            make_row(merchant_risk_since_first_fraud=0.5),
            {"merchant_risk_since_first_fraud": 1},
            "fraud_at_this_merchant",
            id="merchant since its first fraud",
        ),
        pytest.param(make_row(hour=23), {"hour": 0.03}, "at_night", id="hour"),
        pytest.param(make_row(), {"amount": 0.04}, UNUSUAL_COMBINATION, id="nothing stands out"),
    ],
)
def test_the_thing_that_is_unusual_is_named(row: pd.DataFrame, weights: dict[str, float], expected: str) -> None:
    assert reasons_for(row, suspicious_of(**weights)) == [[expected]]


def test_the_strongest_reason_comes_first_and_there_are_three_at_most() -> None:
    row = make_row(is_night=1, merchant_risk_1d=1, customer_count_1d=11, customer_mean_7d=120)
    weights = {"is_night": 0.1, "merchant_risk_1d": 0.4, "customer_count_1d": 0.02, "customer_mean_7d": 0.0025}
    assert reasons_for(row, suspicious_of(**weights)) == [
        ["fraud_at_this_merchant", "spending_above_usual", "purchases_more_often_than_usual"]
    ]


def test_without_other_purchases_the_usual_amount_is_unknown() -> None:
    row = make_row(amount=500, customer_count_30d=1, customer_mean_30d=500)
    assert reasons_for(row, suspicious_of(amount=0.001)) == [[UNUSUAL_COMBINATION]]


def test_the_usual_amount_is_the_mean_of_the_others_in_every_window() -> None:
    row = make_row(
        amount=100, customer_count_1d=1, customer_mean_1d=100, customer_count_7d=2, customer_mean_7d=60,
        customer_count_30d=3, customer_mean_30d=60,
    )  # fmt: skip
    calm = QUESTIONS["amount_far_above_usual"](row).iloc[0]
    assert calm["amount"] == pytest.approx(40)
    assert [calm[f"customer_mean_{days}d"] for days in (1, 7, 30)] == pytest.approx([40, 30, 40])


def test_what_is_unknown_stays_unknown() -> None:
    row = make_row(distance_km=float("nan"))
    assert all(calm(row)["distance_km"].isna().all() for calm in QUESTIONS.values())


def test_what_is_asked_is_what_compute_features_would_say_of_an_honest_merchant() -> None:
    rows = pd.DataFrame(
        {
            "transaction_id": ["a", "b"], "customer_id": ["c", "d"], "merchant_id": ["m", "m"], "amount": [5.0, 5.0],
            "occurred_at": pd.to_datetime(["2026-01-01", "2026-01-20"], utc=True),
        }
    )  # fmt: skip
    labels = pd.DataFrame(
        {"transaction_id": ["a"], "is_fraud": [True], "known_at": pd.to_datetime(["2026-01-08"], utc=True)}
    )
    honest, fraud = compute_features(rows, labels.head(0), ["b"]), compute_features(rows, labels, ["b"])
    assert not fraud.equals(honest)
    pd.testing.assert_frame_equal(QUESTIONS["fraud_at_this_merchant"](fraud), honest)


def test_each_row_has_its_own_reasons() -> None:
    rows = pd.concat([make_row(is_night=1), make_row(merchant_risk_30d=1)])
    assert reasons_for(rows, suspicious_of(is_night=0.5, merchant_risk_30d=0.5)) == [
        ["at_night"],
        ["fraud_at_this_merchant"],
    ]


def test_no_rows_ask_nothing() -> None:
    assert reasons_for(make_row().head(0), lambda x: pytest.fail("asked")) == []
