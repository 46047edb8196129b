"""A fold trains and tests the rows of its windows, with the labels known by then; the order of the file is nothing."""

import numpy as np
import pandas as pd
import pytest

from ml.backtest import BacktestError, FoldWindows, Protocol, lay_folds
from ml.backtest.history import History, demand_rows, history_of

BEGIN = pd.Timestamp("2025-01-01", tz="UTC")
DAY = pd.Timedelta(days=1)
TEST = BEGIN + 30 * DAY


def make_history(rows: list[tuple[float, str, bool]], delay: float = 7) -> History:
    """Rows as days since the first test day, customer, fraud or not; ids are their places."""
    transactions = pd.DataFrame(
        {
            "transaction_id": [f"{place:03}" for place in range(len(rows))],
            "occurred_at": [TEST + day * DAY for day, _, _ in rows],
            "customer_id": [customer for _, customer, _ in rows],
            "merchant_id": "M1",
            "amount": [10.0 + place for place in range(len(rows))],
        }
    )
    labels = pd.DataFrame(
        {
            "transaction_id": transactions["transaction_id"],
            "is_fraud": [is_fraud for _, _, is_fraud in rows],
            "known_at": transactions["occurred_at"] + delay * DAY,
        }
    )
    return history_of(transactions, labels, delay)


def one_fold(train_days: float | None = 7, test_days: int = 7, first: pd.Timestamp = BEGIN) -> FoldWindows:
    protocol = Protocol(TEST, train_days=train_days, test_days=test_days, folds=1)
    return lay_folds(protocol, first, TEST + 30 * DAY)[0]


def test_rows_of_the_windows_are_trained_on_and_tested_their_ends_excluded() -> None:
    days = [-14.01, -14.0, -7.01, -7.0, -0.01, 0.0, 6.99, 7.0]
    history = make_history([(day, "C1", day == -14.0) for day in days])
    training = history.training_rows(one_fold())
    features, tested = history.test_rows(one_fold(), 7, keep_known_cards=True)
    assert training.features.index.tolist() == ["001", "002"]
    assert training.amount.tolist() == [11.0, 12.0]
    assert training.is_fraud.tolist() == [True, False]
    assert features.index.tolist() == ["005", "006"]
    assert (tested.day.tolist(), tested.days, tested.amount.tolist()) == ([0, 6], 7, [15.0, 16.0])


def test_training_reaches_back_to_the_beginning_if_nobody_says_otherwise() -> None:
    history = make_history([(day, "C1", True) for day in (-29, -15, -8, 0)])
    training = history.training_rows(one_fold(None, first=history.occurred_at[0]))
    assert training.features.index.tolist() == ["000", "001", "002"]


def test_members_learn_labels_as_they_were_known_when_the_test_began() -> None:
    history = make_history([(-10, "C1", True), (-9, "C2", False), (-8, "C3", False), (0, "C1", False)])
    ids = history.features.index
    labels = pd.DataFrame(
        {
            "transaction_id": [ids[0], ids[1], ids[1], ids[2], ids[2]],
            "is_fraud": [True, False, True, False, True],
            "known_at": [TEST + hours * pd.Timedelta(hours=1) for hours in (-9, -8, 0, -7, 1)],
        }
    )
    transactions = pd.DataFrame(
        {
            "transaction_id": ids,
            "occurred_at": history.occurred_at,
            "customer_id": history.customer,
            "merchant_id": "M1",
            "amount": history.amount,
        }
    )
    late = history_of(transactions, labels, 7)
    # The label that came with the first instant of the test counts, the one of an hour later does not.
    assert late.training_rows(one_fold()).is_fraud.tolist() == [True, True, False]
    # In the end all of them are known.
    assert late.is_fraud.tolist() == [True, True, True, False]


def test_cards_with_a_fraud_from_two_delays_back_are_known_once_the_label_is_there() -> None:
    rows = [
        (-14.5, "too long ago", True),
        (-14.0, "oldest", True),
        (-8.0, "yesterday", True),
        (-7.5, "since eight days", True),
        (-6.5, "second day", True),
        (-10.0, "honest", False),
    ]
    customers = [customer for _, customer, _ in rows]
    later = [(day + 0.5, customer, False) for customer in customers for day in (0, 1)]
    history = make_history(sorted(rows + later))
    _, tested = history.test_rows(one_fold(), 7, keep_known_cards=False)
    known = pd.Series(tested.is_known_card, index=[tested.customer, tested.day])
    assert {card: known[card].tolist() for card in customers} == {
        "too long ago": [False, False],
        "oldest": [True, True],
        "yesterday": [True, True],
        "since eight days": [True, True],
        "second day": [False, True],
        "honest": [False, False],
    }
    _, kept = history.test_rows(one_fold(), 7, keep_known_cards=True)
    assert not kept.is_known_card.any()


def test_a_fraud_within_the_test_is_known_after_its_delay() -> None:
    history = make_history([(day + 0.5, "C1", day == 1) for day in range(14)])
    _, tested = history.test_rows(one_fold(test_days=14), 7, keep_known_cards=False)
    assert tested.day[tested.is_known_card].tolist() == [9, 10, 11, 12, 13]


def test_the_order_of_the_file_means_nothing() -> None:
    rng = np.random.default_rng(4)
    transactions = pd.DataFrame(
        {
            "transaction_id": [f"{place}" for place in range(300)],
            "occurred_at": [TEST + float(day) * DAY for day in rng.integers(-20, 8, 300)],
            "customer_id": rng.choice(["C1", "C2", "C3"], 300),
            "merchant_id": rng.choice(["M1", "M2"], 300),
            "amount": rng.integers(1, 99, 300) / 4,
        }
    )
    known_at = transactions["occurred_at"] + 7 * DAY
    labels = pd.DataFrame(
        {"transaction_id": transactions["transaction_id"], "is_fraud": rng.random(300) < 0.2, "known_at": known_at}
    )
    shuffled = (frame.sample(frac=1, random_state=seed) for frame, seed in ((transactions, 1), (labels, 2)))
    one, other = history_of(transactions, labels, 7), history_of(*shuffled, 7)
    pd.testing.assert_frame_equal(one.features, other.features)
    assert one.is_fraud.tolist() == other.is_fraud.tolist()
    assert one.customer.tolist() == other.customer.tolist()
    for begin in (TEST - 10 * DAY, TEST):
        assert one.fraud_as_of(begin).tolist() == other.fraud_as_of(begin).tolist()


def test_a_transaction_that_is_there_twice_is_refused() -> None:
    history = make_history([(0, "C1", True)])
    row = pd.DataFrame(
        {
            "transaction_id": ["000"],
            "occurred_at": history.occurred_at,
            "customer_id": ["C1"],
            "merchant_id": ["M1"],
            "amount": [1.0],
        }
    )
    labels = pd.DataFrame({"transaction_id": ["000"], "is_fraud": [True], "known_at": [TEST]})
    with pytest.raises(BacktestError, match="transaction 000 is in the file more than once"):
        demand_rows(pd.concat([row, row]), labels)
