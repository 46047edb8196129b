"""What the simulator promises to those who load, replay and train on it."""

from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from ml.schema import COLUMN_NAMES, COLUMNS
from ml.simulation import LABEL_DELAY, simulate, simulate_customers

END = datetime(2025, 6, 1, 3, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def world() -> tuple[pd.DataFrame, pd.DataFrame]:
    return simulate(customers=800, merchants=200, days=60, seed=3, end=END)


def test_same_seed_gives_the_same_rows(world: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    again, labels = simulate(800, 200, 60, 3, END)
    pd.testing.assert_frame_equal(again, world[0])
    pd.testing.assert_frame_equal(labels, world[1])


def test_another_seed_gives_other_rows(world: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    other, _ = simulate(800, 200, 60, 4, END)
    assert len(other) != len(world[0]) or not other["amount"].equals(world[0]["amount"])


def test_rows_have_the_columns_of_the_schema_in_order_of_time(world: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    transactions, _ = world
    assert tuple(transactions.columns) == COLUMN_NAMES
    assert transactions["occurred_at"].is_monotonic_increasing
    assert transactions["transaction_id"].is_monotonic_increasing
    assert transactions["transaction_id"].is_unique
    assert str(transactions["occurred_at"].dtype) == "datetime64[us, UTC]"


def test_all_instants_are_whole_seconds_within_the_days_asked_for(world: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    occurred = world[0]["occurred_at"]
    assert occurred.min() >= END - timedelta(days=60)
    assert occurred.max() < END
    assert (occurred.dt.microsecond == 0).all()


@pytest.mark.parametrize("column", [column for column in COLUMNS if column.pattern], ids=lambda column: column.name)
def test_texts_satisfy_the_schema(world: tuple[pd.DataFrame, pd.DataFrame], column) -> None:
    values = pd.Series(world[0][column.name].unique())
    assert values.str.fullmatch(column.pattern).all()
    assert values.str.len().max() <= column.max_length


def test_there_is_about_one_purchase_per_customer_and_day(world: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    assert len(world[0]) / (800 * 60) == pytest.approx(1, abs=0.1)


def test_about_one_row_in_a_hundred_is_fraud(world: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    assert 0.003 < world[1]["is_fraud"].mean() < 0.02


def test_each_label_is_known_seven_days_later(world: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    transactions, labels = world
    assert labels["transaction_id"].equals(transactions["transaction_id"])
    assert (labels["known_at"] - transactions["occurred_at"] == LABEL_DELAY).all()


def test_a_compromised_merchant_is_mostly_fraud_for_weeks(world: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    transactions, labels = world
    per_week = (
        labels["is_fraud"]
        .groupby([transactions["merchant_id"], transactions["occurred_at"].dt.floor("7D")])
        .agg(["mean", "size"])
    )
    assert (per_week["mean"][per_week["size"] >= 10] > 0.7).sum() >= 3


def test_fraud_costs_more_than_honest_purchases(world: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    mean = world[0]["amount"].groupby(world[1]["is_fraud"]).mean()
    assert mean[True] > 1.5 * mean[False]


def test_customers_are_those_of_the_transactions(world: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    customers = simulate_customers(800, seed=3)
    assert set(world[0]["customer_id"]) <= set(customers["customer_id"])
    assert set(customers["language"]) == {"ko", "en"}
    assert customers["name"].str.len().min() >= 2


def test_a_card_belongs_to_one_customer(world: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    assert (world[0].groupby("customer_id")["card_number"].nunique() == 1).all()


@pytest.mark.parametrize(
    ("counts", "end"),
    [
        pytest.param((0, 1, 1), END, id="no customers"),
        pytest.param((1, 0, 1), END, id="no merchants"),
        pytest.param((1, 1, 0), END, id="no days"),
        pytest.param((1, 1, 1), END.replace(tzinfo=None), id="no time zone"),
    ],
)
def test_impossible_worlds_are_refused(counts: tuple[int, int, int], end: datetime) -> None:
    with pytest.raises(ValueError):
        simulate(*counts, seed=1, end=end)


def test_the_smallest_world_works() -> None:
    transactions, labels = simulate(1, 1, 1, seed=5, end=END)
    assert len(transactions) == len(labels)
