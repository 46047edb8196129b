"""What customers were told of the purchases that all members called fraud, and an outage of one channel."""

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import psycopg

from ml.simulation import simulate_customers
from tests.drawing.copying import copy
from tests.drawing.panels import CHAMPION, MEMBERS

Row = dict[str, Any]
OUTAGE = (timedelta(hours=3), timedelta(hours=2, minutes=40))
"""How long ago the dealer of Alimtalk went away, and came back."""
CHANNELS = ("alimtalk", "kakao_memo", "email", "discord")
_FIRST = (0.68, 0.17, 0.1, 0.05)
_CONNECTIONS = {"alimtalk": "alimtalk_nhn", "kakao_memo": "kakao_default", "email": "smtp_default",
                "discord": "discord_default"}  # fmt: skip
_SECONDS = {"alimtalk": 0.9, "kakao_memo": 0.5, "email": 1.3, "discord": 0.4}
_CUSTOMERS = 20_000


def write_messages(connection: psycopg.Connection, now: datetime, rng: np.random.Generator, rows: pd.DataFrame) -> None:
    """Write customers, their routes, alerts with every try, and today's quotas.

    :param rows: the purchases, with `votes` and `scored_at`.
    """
    first = rng.choice(CHANNELS, _CUSTOMERS, p=_FIRST)
    customers = simulate_customers(_CUSTOMERS, seed=11)
    copy(connection, "customers", customers)
    _write_routes(connection, now, rng, customers["customer_id"], first)
    routes = dict(zip(customers["customer_id"], first, strict=True))
    alerts, attempts = _told(rows[rows["votes"] == len(MEMBERS)], routes, now, rng)
    copy(connection, "alerts", alerts)
    copy(connection, "alert_attempts", attempts)
    connection.execute(_QUOTAS)


_QUOTAS = """
insert into channel_quotas
select connection_id, (now() at time zone 'Asia/Seoul')::date, subject, used, most
from (values ('kakao_default', 'app', 711, 30000), ('kakao_default', 'sender', 73, 100),
    ('alimtalk_nhn', 'sender', 412, 1000)) listed (connection_id, subject, used, most)"""


def _write_routes(
    connection: psycopg.Connection, now: datetime, rng: np.random.Generator, names: "pd.Series[str]", first: np.ndarray
) -> None:
    second = np.where(first == "kakao_memo", "email", "kakao_memo")
    consented = np.where(rng.random(len(names)) < 0.96, (now - timedelta(days=40)).isoformat(), None)
    for position, channel in ((1, first), (2, second)):
        route = {"customer_id": names, "channel": channel, "position": position, "consented_at": consented}
        copy(connection, "customer_channels", pd.DataFrame(route | {"address": "nobody@example.com"}))


def _told(
    frauds: pd.DataFrame, routes: dict[str, str], now: datetime, rng: np.random.Generator
) -> tuple[list[Row], list[Row]]:
    alerts: list[Row] = []
    attempts: list[Row] = []
    newest: dict[str, Row] = {}
    for number, fraud in enumerate(frauds.itertuples(), 1):
        before = newest.get(fraud.customer_id)
        alert = _new(number, fraud)
        if before and alert["created_at"] - before["created_at"] < timedelta(minutes=10):
            alert |= {"state": "suppressed", "folded_into": before["alert_id"]}
            before["folded_count"] += 1
        else:
            tried, fate = _sent(alert, routes[fraud.customer_id], now, rng)
            alert |= fate
            attempts += tried
            newest[fraud.customer_id] = alert
        alerts.append(alert)
    return [_complete(alert) for alert in alerts], attempts


def _new(number: int, fraud: Any) -> Row:
    at = fraud.scored_at.floor("us").to_pydatetime()
    return {
        "alert_id": number, "transaction_id": fraud.transaction_id, "occurred_at": fraud.occurred_at,
        "panel_id": CHAMPION, "customer_id": fraud.customer_id, "reference": f"J{number:07}",
        "created_at": at, "due_at": at, "folded_count": 0,
    }  # fmt: skip


def _sent(alert: Row, channel: str, now: datetime, rng: np.random.Generator) -> tuple[list[Row], Row]:
    """Return the tries of one alert and what they made of it."""
    at = alert["created_at"] + timedelta(seconds=float(rng.exponential(0.35)))
    tries: list[Row] = []
    if channel == "kakao_memo" and rng.random() < 0.06:
        return tries, {"state": "deferred", "wait_reason": "quota", "due_at": now + timedelta(hours=1)}
    is_away = channel == "alimtalk" and now - OUTAGE[0] <= at <= now - OUTAGE[1]
    if is_away and rng.random() < 0.25:
        tries.append(_try(alert, channel, at, 10.0, "unknown", "time-out"))
        return tries, _ended(tries, "unknown", channel, "the answer was lost")
    for _ in range(3 if is_away else 0):
        tries.append(_try(alert, channel, at, 0.2, "unavailable", "503"))
        at += timedelta(seconds=float(rng.uniform(8, 20)))
    is_refused = not is_away and rng.random() < 0.05
    if is_refused:
        tries.append(_try(alert, channel, at, 0.3, "rejected", "3018" if channel == "alimtalk" else "refused"))
    if is_refused and rng.random() < 0.25:
        return tries, _ended(tries, "failed", channel, "refused by every channel", channel)
    struck = channel if tries else None
    taken = "email" if struck == "kakao_memo" else "kakao_memo" if struck else channel
    seconds = _SECONDS[taken] * float(rng.lognormal(0, 0.4))
    tries.append(_try(alert, taken, at, seconds, "accepted" if taken == "alimtalk" else "delivered", "0"))
    return tries, _taken(tries, taken, struck, now, rng)


def _try(alert: Row, channel: str, at: datetime, seconds: float, outcome: str, code: str) -> Row:
    return {
        "alert_id": alert["alert_id"], "channel": channel, "started_at": at, "outcome": outcome, "code": code,
        "finished_at": at + timedelta(seconds=seconds), "connection_id": _CONNECTIONS[channel],
    }  # fmt: skip


def _taken(tries: list[Row], channel: str, struck: str | None, now: datetime, rng: np.random.Generator) -> Row:
    accepted = tries[-1]["finished_at"]
    if accepted > now:
        return {"state": "pending", "attempts": 0}
    reported = accepted + timedelta(seconds=float(rng.uniform(2, 9)))
    is_final = channel != "alimtalk" or (reported <= now and rng.random() < 0.98)
    fate = {"state": "delivered" if is_final else "accepted", "channel": channel, "accepted_at": accepted}
    fate |= {"finished_at": (reported if channel == "alimtalk" else accepted) if is_final else None}
    return fate | {"attempts": len(tries), "struck_channels": "{" + (struck or "") + "}"}


def _ended(tries: list[Row], state: str, channel: str, error: str, struck: str = "") -> Row:
    fate = {"state": state, "channel": channel, "attempts": len(tries), "last_error": error}
    return fate | {"finished_at": tries[-1]["finished_at"], "struck_channels": "{" + struck + "}"}


def _complete(alert: Row) -> Row:
    empty = dict.fromkeys(("channel", "accepted_at", "finished_at", "last_error", "wait_reason", "folded_into"))
    return {**empty, "attempts": 0, "struck_channels": "{}", **alert}
