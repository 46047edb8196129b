"""Six hours of purchases, their batches and their votes, with a standstill and some rows that were refused."""

from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd
import psycopg

from ml.simulation import simulate
from tests.drawing.copying import copy
from tests.drawing.panels import CHALLENGER, CHAMPION, MEMBERS

HOURS = 6
ROWS = 65_000
STANDSTILL = (timedelta(minutes=100), timedelta(minutes=92))
"""How long ago scoring stopped, and went on."""
_BATCH_SECONDS = 2
# The instants are moved to now: this way each run has the same purchases and the same fates.
_END = datetime(2026, 11, 1, tzinfo=UTC)
_STAGED = 12
"""The newest rows, of which two are plainly fraud: the pictures are too short to wait for one."""
_REASONS = (
    "amount_far_above_usual",
    "spending_above_usual",
    "fraud_at_this_merchant",
    "at_night",
    "far_from_the_customer",
)
_BIASES = dict(zip(MEMBERS, (0.4, -0.1, 0.15), strict=True))
_BURST = (timedelta(hours=4, minutes=30), timedelta(hours=4))
Seconds = npt.NDArray[np.float64]


def write_purchases(connection: psycopg.Connection, now: datetime, rng: np.random.Generator) -> pd.DataFrame:
    """Write batches, transactions and verdicts.

    :return: the purchases in order of landing, with `votes`, `panel_score` and `scored_at`.
    """
    rows = _landed(now, rng)
    batches = _batches(rows, now, rng)
    rows = rows.join(batches[["scored_at"]], on="batch_id")
    scores = _scores(rows, rng)
    votes = pd.DataFrame({member: scores[member] >= 0.5 for member in MEMBERS})
    rows = rows.assign(votes=votes.sum(axis=1), panel_score=scores.mean(axis=1))
    refused = _refused(batches, now, rng)
    _write_batches(connection, rows, batches, refused)
    _write_transactions(connection, rows)
    _write_verdicts(connection, rows, scores, votes, rng)
    return rows


def _landed(now: datetime, rng: np.random.Generator) -> pd.DataFrame:
    """Return simulated purchases that landed within the six hours, more in some of them than in others."""
    transactions, labels = simulate(20_000, 1_200, 4, seed=11, end=_END)
    rows = transactions.merge(labels[["transaction_id", "is_fraud"]], on="transaction_id").tail(ROWS)
    rows = _staged(rows.reset_index(drop=True))
    share = np.sort(rng.random(len(rows)))
    seconds = (share - 0.03 * np.sin(2 * np.pi * share) + 0.002 * np.sin(14 * np.pi * share)) * HOURS * 3600
    start = pd.Timestamp(now - timedelta(hours=HOURS)).floor("us")
    landed = start + pd.to_timedelta(np.sort(seconds), unit="s")
    took = pd.to_timedelta(rng.uniform(0.5, 4, len(rows)), unit="s")
    batch = 1 + (np.sort(seconds) // _BATCH_SECONDS).astype(int)
    known = {"landed_at": landed, "occurred_at": landed - took, "batch_id": batch}
    return rows.assign(**known, landed_id=np.arange(1, len(rows) + 1))


def _staged(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with two of the frauds among the newest."""
    order = rows.index[:-_STAGED].tolist()
    last = rows.index[-_STAGED:].tolist()
    frauds = [row for row in order if rows.at[row, "is_fraud"]][-2:]
    kept = [row for row in order if row not in frauds]
    return rows.loc[[*kept, *last[:5], frauds[0], *last[5:9], frauds[1], *last[9:]]].reset_index(drop=True)


def _batches(rows: pd.DataFrame, now: datetime, rng: np.random.Generator) -> pd.DataFrame:
    found = rows.groupby("batch_id").agg(
        valid_count=("landed_id", "size"), first_landed_at=("landed_at", "min"), last_landed_at=("landed_at", "max"),
        first_occurred_at=("occurred_at", "min"), last_occurred_at=("occurred_at", "max"),
    )  # fmt: skip
    claimed = found["last_landed_at"] + _lasting(0.25, len(found), rng)
    stopped, resumed = (pd.Timestamp(now - ago) for ago in STANDSTILL)
    waits = claimed.between(stopped, resumed).to_numpy()
    caught_up = resumed + pd.to_timedelta(np.linspace(1, 40, waits.sum()), unit="s")
    claimed.loc[waits] = caught_up.to_numpy()
    validated = claimed + _lasting(0.22, len(found), rng)
    scored = (validated + _lasting(0.45, len(found), rng)).clip(upper=pd.Timestamp(now))
    return found.assign(claimed_at=claimed, validated_at=validated.clip(upper=scored), scored_at=scored)


def _lasting(seconds: float, size: int, rng: np.random.Generator) -> pd.TimedeltaIndex:
    return pd.to_timedelta(seconds * rng.lognormal(0, 0.35, size), unit="s")


def _scores(rows: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return what each member says: near the truth, and much alike."""
    is_plain = rng.random(len(rows)) < 0.75
    is_plain[-_STAGED:] = True
    center = np.where(rows["is_fraud"] & is_plain, 3.2, np.where(rows["is_fraud"], -2.5, -6.0))
    shared = rng.normal(center, 1.5)
    shared[-_STAGED:] = center[-_STAGED:]
    return pd.DataFrame(
        {member: 1 / (1 + np.exp(-(shared + rng.normal(bias, 0.9, len(rows))))) for member, bias in _BIASES.items()}
    )


def _refused(batches: pd.DataFrame, now: datetime, rng: np.random.Generator) -> pd.DataFrame:
    """Return refused rows: a few all the time, many while a producer wrote unknown currencies."""
    since, until = (pd.Timestamp(now - ago) for ago in _BURST)
    in_burst = batches["claimed_at"].between(since, until)
    counts = rng.poisson(np.where(in_burst, 0.22, 0.006))
    refused = batches.loc[np.repeat(batches.index, counts), ["claimed_at", "validated_at"]].reset_index()
    usual = rng.choice(["amount_is_positive", "occurred_at_is_an_instant", "customer_id_is_known"], len(refused))
    is_burst = refused["claimed_at"].between(since, until).to_numpy()
    return refused.assign(reason=np.where(is_burst, "currency_is_known", usual))


def _write_batches(
    connection: psycopg.Connection, rows: pd.DataFrame, batches: pd.DataFrame, refused: pd.DataFrame
) -> None:
    unanimous = rows[rows["votes"] == len(MEMBERS)].groupby("batch_id").size()
    quarantined = refused.groupby("batch_id").size().reindex(batches.index, fill_value=0)
    written = batches.drop(columns="last_landed_at").assign(
        source="live", state="scored", quarantined_count=quarantined, landed_count=batches["valid_count"] + quarantined,
        unanimous_count=unanimous.reindex(batches.index, fill_value=0),
    )  # fmt: skip
    copy(connection, "batches", written.reset_index())
    quarantine = pd.DataFrame(
        {
            "landed_id": 10_000_000 + np.arange(len(refused)), "batch_id": refused["batch_id"],
            "quarantined_at": refused["validated_at"], "reasons": "{" + refused["reason"] + "}", "landed_row": "{}",
        }
    )  # fmt: skip
    copy(connection, "quarantined_transactions", quarantine)


def _write_transactions(connection: psycopg.Connection, rows: pd.DataFrame) -> None:
    ends = rows["occurred_at"].agg(["min", "max"]).dt.floor("us")
    instants = [end.to_pydatetime() for end in ends]
    connection.execute("select ensure_months(%s)", (instants,))
    columns = "transaction_id batch_id landed_id landed_at occurred_at customer_id merchant_id merchant_name category"
    places = "amount currency customer_latitude customer_longitude merchant_latitude merchant_longitude"
    copy(connection, "transactions", rows[f"{columns} {places}".split()])


def _write_verdicts(
    connection: psycopg.Connection, rows: pd.DataFrame, scores: pd.DataFrame, votes: pd.DataFrame,
    rng: np.random.Generator,
) -> None:  # fmt: skip
    keys = rows[["transaction_id", "occurred_at", "scored_at"]]
    said = ["{" + ",".join(rng.choice(_REASONS, 2, replace=False)) + "}" if n else "{}" for n in rows["votes"]]
    counts = {"voters": len(MEMBERS), "members": len(MEMBERS), "reasons": said}
    verdicts = rows[["transaction_id", "occurred_at", "batch_id", "votes", "panel_score", "scored_at"]]
    copy(connection, "verdicts", verdicts.assign(panel_id=CHAMPION, **counts))
    for member in MEMBERS:
        told = {"panel_id": CHAMPION, "member": member, "score": scores[member], "is_fraud_vote": votes[member]}
        copy(connection, "predictions", keys.assign(**told))
    newest = verdicts.tail(ROWS // 3).assign(panel_id=CHALLENGER, **counts | {"reasons": "{}"}, is_shadow=True)
    copy(connection, "verdicts", newest)


_SCORED_NOW = """
update batches set first_landed_at = clock_timestamp() - interval '1.7 s',
    claimed_at = clock_timestamp() - interval '0.7 s',
    validated_at = clock_timestamp() - interval '0.5 s', scored_at = clock_timestamp() where batch_id = %s"""


def write_newest(connection: psycopg.Connection) -> None:
    """Let the last batch be scored this very moment, and rows wait behind it: all else took its time to write."""
    (batch,) = connection.execute("select max(batch_id) from batches").fetchone() or (None,)
    connection.execute(_SCORED_NOW, (batch,))
    connection.execute("update verdicts set scored_at = clock_timestamp() where batch_id = %s", (batch,))
    connection.execute("insert into landed_transactions default values")
    connection.execute("insert into landed_transactions default values")
