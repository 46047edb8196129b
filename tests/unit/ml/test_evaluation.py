"""The figures mean what the handbook says they mean."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from ml.evaluation import (
    JudgedRows,
    calibration_error,
    card_precision_at_k,
    judge_scores,
    known_cards,
    message_figures,
    probability_figures,
    ranking_figures,
    recall_at_false_positive_rate,
)
from ml.models import MEMBERS


def make_rows(is_fraud: list[int], known: list[int] | None = None) -> JudgedRows:
    count = len(is_fraud)
    flags = np.array(known or [0] * count, dtype=bool)
    customers = np.array([f"C{number}" for number in range(count)], dtype=object)
    return JudgedRows(
        np.array(is_fraud, dtype=bool), customers, np.zeros(count, dtype=np.int64), flags, days=2, amount=np.ones(count)
    )


def test_card_precision_takes_the_best_score_of_each_card_and_drops_found_cards() -> None:
    rows = pd.DataFrame(
        [
            (0, "A", True, 0.9),
            (0, "A", False, 0.1),
            (0, "B", False, 0.8),
            (0, "C", True, 0.7),
            (1, "A", False, 0.99),  # found on day 0, so it no longer takes a place
            (1, "B", False, 0.2),
            (1, "C", True, 0.8),
            (1, "D", True, 0.7),
        ],
        columns=["day", "customer", "is_fraud", "score"],
    )
    columns = [rows[name].to_numpy() for name in rows]
    assert card_precision_at_k(*columns, k=2) == pytest.approx((1 / 2 + 2 / 2) / 2)


def slow_card_precision(rows: pd.DataFrame, k: int) -> float:
    """Do it day by day and card by card, in the words of the definition."""
    found: set[str] = set()
    precisions = []
    for day in sorted(set(rows["day"])):
        cards = {}
        for row in rows[rows["day"] == day].itertuples():
            if row.customer not in found:
                score, is_fraud = cards.get(row.customer, (0.0, False))
                cards[row.customer] = (max(score, row.score), is_fraud or row.is_fraud)
        top = sorted(cards, key=lambda card: (-cards[card][0], card))[:k]
        hits = {card for card in top if cards[card][1]}
        found |= hits
        precisions.append(len(hits) / k)
    return sum(precisions) / len(precisions)


@pytest.mark.parametrize("seed", range(5))
def test_card_precision_equals_its_definition(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = pd.DataFrame(
        {
            "day": rng.choice([0, 1, 4, 5], 600),
            "customer": np.array([f"C{number}" for number in rng.integers(90, size=600)], dtype=object),
            "is_fraud": rng.random(600) < 0.1,
            "score": rng.integers(40, size=600) / 40,
        }
    )
    columns = [rows[name].to_numpy() for name in rows]
    shuffled = [rows.sample(frac=1, random_state=1)[name].to_numpy() for name in rows]
    assert card_precision_at_k(*columns, k=20) == pytest.approx(slow_card_precision(rows, 20), abs=1e-12)
    assert card_precision_at_k(*shuffled, k=20) == card_precision_at_k(*columns, k=20)


def test_fewer_cards_than_are_looked_at_have_no_precision() -> None:
    rows = make_rows([1] + [0] * 98)
    assert np.isnan(card_precision_at_k(rows.day, rows.customer, rows.is_fraud, np.linspace(1, 0, 99)))


@pytest.mark.parametrize(
    ("fraud_day", "row_day", "is_known"),
    [
        pytest.param(-15, 6, False, id="too long ago to count"),
        pytest.param(-14, 0, True, id="the oldest day that counts"),
        pytest.param(-8, 0, True, id="known since yesterday"),
        pytest.param(-7, 0, False, id="not yet known"),
        pytest.param(-7, 1, True, id="known one day later"),
        pytest.param(0, 6, False, id="fraud within the window"),
    ],
)
def test_cards_are_known_once_their_fraud_is_labelled(fraud_day: int, row_day: int, is_known: bool) -> None:
    customer = np.array(["A", "A", "B"], dtype=object)
    known = known_cards(customer, np.array([fraud_day, row_day, row_day]), np.array([True, False, False]), 7)
    assert known[1:].tolist() == [is_known, False]


def test_known_cards_count_for_messages_and_not_for_ranking() -> None:
    rows = make_rows([1, 0, 1, 0], known=[1, 0, 0, 0])
    scores = np.array([0.0, 0.1, 0.9, 0.2])
    assert ranking_figures(rows, scores)["average_precision"] == 1.0
    assert message_figures(rows, scores >= 0.5)["message_recall"] == 0.5


def test_message_figures_are_per_day_and_customer() -> None:
    rows = replace(make_rows([1, 1, 1, 0]), amount=np.array([10.0, 20.0, 70.0, 1_000.0]))
    assert message_figures(rows, np.array([True, True, False, True])) == {
        "messages_per_day": 1.5,
        "messages_per_10k": pytest.approx(3_750),
        "message_precision": pytest.approx(2 / 3),
        "message_recall": pytest.approx(2 / 3),
        "false_alarms_per_10k": pytest.approx(1_250),
        "amount_caught": 30.0,
        "amount_missed": 70.0,
        "amount_caught_share": pytest.approx(0.3),
    }


def test_precision_of_no_message_is_not_known() -> None:
    figures = message_figures(make_rows([1, 0]), np.array([False, False]))
    assert np.isnan(figures["message_precision"])
    assert (figures["message_recall"], figures["messages_per_day"]) == (0.0, 0.0)


def test_recall_without_fraud_is_not_known() -> None:
    figures = message_figures(make_rows([0, 0]), np.array([True, False]))
    assert np.isnan(figures["message_recall"])
    assert np.isnan(figures["amount_caught_share"])
    assert figures["message_precision"] == 0.0


def test_no_rows_have_no_rates() -> None:
    figures = message_figures(make_rows([]), np.array([], dtype=bool))
    assert np.isnan(figures["messages_per_10k"])


@pytest.mark.parametrize(
    "is_fraud",
    [
        pytest.param([], id="no row"),
        pytest.param([0, 0, 0], id="no fraud"),
        pytest.param([1, 1, 1], id="nothing but fraud"),
    ],
)
def test_rows_of_one_class_cannot_be_ranked(is_fraud: list[int]) -> None:
    rows = make_rows(is_fraud)
    figures = ranking_figures(rows, np.linspace(0, 1, len(rows)))
    assert set(figures) == {"auc_roc", "average_precision", "card_precision_at_100", "recall_at_fpr_0.001"}
    assert np.isnan(list(figures.values())).all()


def test_recall_is_read_where_false_alarms_are_still_rare() -> None:
    is_fraud = np.array([True] * 10 + [False] * 1_000)
    scores = np.concatenate([[0.9] * 6, [0.1] * 4, [0.8], np.zeros(999)])
    assert recall_at_false_positive_rate(is_fraud, scores, 0.001) == 1.0
    scores[11] = 0.5
    assert recall_at_false_positive_rate(is_fraud, scores, 0.001) == pytest.approx(0.6)


def test_thresholds_on_a_straight_piece_of_the_curve_count() -> None:
    is_fraud = np.array([True, False] * 4)
    scores = np.repeat([0.8, 0.6, 0.4, 0.2], 2)
    assert recall_at_false_positive_rate(is_fraud, scores, 0.5) == 0.5


def test_the_budget_is_for_active_customers_and_days() -> None:
    assert make_rows([0] * 400).max_messages(50) == 4


@pytest.mark.parametrize("days", [7, 13, 30, 90])
def test_a_budget_means_the_same_whatever_the_length_of_the_window(days: int) -> None:
    # Of 2,000 customers each buys every other week.
    day = np.repeat(np.arange(days), 1_000)
    customer = np.concatenate([np.arange(1_000) + 1_000 * (each // 7 % 2) for each in range(days)])
    rows = JudgedRows(np.zeros(len(day), bool), customer, day, np.zeros(len(day), bool), days, np.ones(len(day)))
    assert rows.max_messages(50) == pytest.approx(5 * days, abs=1)


def test_chosen_rows_keep_their_window() -> None:
    rows = make_rows([1, 0, 1]).only(np.array([True, False, True]))
    assert (rows.customer.tolist(), rows.is_fraud.tolist(), len(rows), rows.days) == (["C0", "C2"], [True, True], 2, 2)


def test_a_constant_member_is_seen() -> None:
    scores = pd.DataFrame({"even": [0.5] * 4, "sharp": [0.1, 0.2, 0.9, 0.3]})
    figures = judge_scores(make_rows([0, 0, 1, 0]), scores, {"even": 0.9, "sharp": 0.9}, "unanimous")
    assert figures.members["even"]["score_spread"] == 0
    assert figures.members["sharp"]["votes_per_day"] == 0.5
    assert figures.members["sharp"]["calibration_ratio"] == pytest.approx(1.5)


def test_true_probabilities_have_a_small_calibration_error() -> None:
    rng = np.random.default_rng(5)
    scores = rng.random(20_000) ** 4
    is_fraud = rng.random(20_000) < scores
    honest, doubled = (probability_figures(is_fraud, values) for values in (scores, np.minimum(2 * scores, 1)))
    assert honest["calibration_error"] < 0.01 < 0.1 < doubled["calibration_error"]
    assert honest["brier"] < doubled["brier"]
    assert honest["calibration_ratio"] == pytest.approx(1, abs=0.03)


def test_calibration_error_by_hand() -> None:
    is_fraud = np.array([False] * 5 + [True] * 5)
    assert calibration_error(is_fraud, np.array([0.2] * 5 + [0.6] * 5), bins=2) == pytest.approx((0.2 + 0.4) / 2)


def test_calibration_error_of_ties_does_not_depend_on_the_order() -> None:
    is_fraud = np.arange(100) < 30
    assert calibration_error(is_fraud, np.full(100, 0.3)) == pytest.approx(0)
    assert calibration_error(is_fraud[::-1], np.full(100, 0.3)) == pytest.approx(0)


def test_probabilities_without_rows_or_fraud_have_no_figures() -> None:
    nothing = probability_figures(np.array([], dtype=bool), np.array([]))
    assert np.isnan(list(nothing.values())).all()
    assert np.isnan(probability_figures(np.array([False]), np.array([0.1]))["calibration_ratio"])


@pytest.mark.real_data
def test_handbook_fold_reaches_the_published_figures(handbook_fold) -> None:
    x, y, later_x, rows = handbook_fold
    figures = ranking_figures(rows, MEMBERS["xgboost"](7).fit(x, y).predict_proba(later_x)[:, 1].astype(np.float64))
    assert figures["auc_roc"] > 0.87
    assert figures["average_precision"] > 0.68
    assert figures["card_precision_at_100"] > 0.27


@pytest.fixture(scope="module")
def handbook_fold(shared_data):
    """The validation fold that trains from 2018-07-11: seven days, seven days of delay, seven days."""
    from ml.features import compute_features

    table = pd.read_parquet(shared_data / "handbook_2018-04-01_to_2018-07-31.parquet")
    table = table[table["TX_DATETIME"] >= "2018-06-01"]
    transactions = pd.DataFrame(
        {
            "transaction_id": table["TRANSACTION_ID"].astype(str),
            "occurred_at": table["TX_DATETIME"].dt.tz_localize("UTC"),
            "customer_id": table["CUSTOMER_ID"].astype(str),
            "merchant_id": table["TERMINAL_ID"].astype(str),
            "amount": table["TX_AMOUNT"],
        }
    )
    is_fraud = table["TX_FRAUD"].to_numpy() == 1
    labels = pd.DataFrame({"transaction_id": transactions["transaction_id"], "is_fraud": is_fraud})
    labels["known_at"] = transactions["occurred_at"] + pd.Timedelta(days=7)
    features = compute_features(transactions, labels)
    day = (table["TX_DATETIME"] - pd.Timestamp("2018-07-25")).dt.days.to_numpy()
    customer = transactions["customer_id"].to_numpy(object)
    own, past = day >= 0, (day >= -14) & (day < -7)
    known = known_cards(customer, day, is_fraud, 7)[own]
    rows = JudgedRows(is_fraud[own], customer[own], day[own], known, 7, table["TX_AMOUNT"].to_numpy()[own])
    return features[past], is_fraud[past], features[own], rows
