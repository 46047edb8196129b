"""Training data passes a suite of its own."""

import json

import pandas as pd
import pytest

from ml.expectations import validate_training

AS_OF = pd.Timestamp("2024-06-01", tz="UTC").to_pydatetime()


def transactions(rows: int = 100) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "transaction_id": [f"T{number}" for number in range(rows)],
            "occurred_at": pd.date_range("2024-03-01", periods=rows, freq="h", tz="UTC", unit="us"),
            "customer_id": "C1",
            "merchant_id": "M1",
            "amount": 10.0,
        }
    )


def labels(frauds: int = 3, known_at: str = "2024-05-01") -> pd.DataFrame:
    ids = [f"T{number}" for number in range(100)]
    known = pd.Timestamp(known_at, tz="UTC")
    return pd.DataFrame({"transaction_id": ids, "is_fraud": [n < frauds for n in range(100)], "known_at": known})


def test_good_training_data_passes():
    check = validate_training(transactions(), labels(), AS_OF, minimum_rows=100)
    assert (check.is_success, check.failed, check.result["success"]) == (True, (), True)


def test_transaction_without_a_label_counts_as_genuine():
    assert validate_training(transactions(), labels().head(3), AS_OF, minimum_rows=100).is_success


@pytest.mark.parametrize(
    ("change", "name"),
    [
        pytest.param({"amount": 0.0}, "amount_is_positive", id="amount"),
        pytest.param({"amount": float("nan")}, "amount_is_present", id="no amount"),
        pytest.param({"transaction_id": "T2"}, "transaction_id_is_unique", id="id twice"),
        pytest.param({"customer_id": None}, "customer_id_is_present", id="no customer"),
    ],
)
def test_one_bad_row_stops_the_training(change, name):
    frame = transactions()
    frame.loc[50, list(change)] = list(change.values())
    check = validate_training(frame, labels(), AS_OF, minimum_rows=100)
    assert (check.is_success, check.failed) == (False, (name,))


@pytest.mark.parametrize("frauds", [pytest.param(0, id="no fraud"), pytest.param(51, id="more fraud than not")])
def test_share_of_fraud_is_plausible(frauds):
    check = validate_training(transactions(), labels(frauds), AS_OF, minimum_rows=100)
    assert check.failed == ("fraud_is_there_and_rare",)


def test_label_from_the_future_is_a_leak():
    late = pd.concat([labels(), labels(known_at="2024-06-02").head(1)])
    assert validate_training(transactions(), late, AS_OF, minimum_rows=100).failed == ("label_known_in_time",)


def test_newest_label_wins():
    corrected = pd.concat([labels(frauds=60), labels(frauds=1, known_at="2024-05-02")])
    assert validate_training(transactions(), corrected, AS_OF, minimum_rows=100).is_success


def test_too_few_rows_are_named():
    assert validate_training(transactions(), labels(), AS_OF, minimum_rows=101).failed == ("rows_are_enough",)


def test_no_rows_give_a_result_that_is_json():
    check = validate_training(transactions(0), labels(), AS_OF)
    assert check.failed == ("rows_are_enough", "fraud_is_there_and_rare")
    assert json.loads(json.dumps(check.result, allow_nan=False)) == check.result
