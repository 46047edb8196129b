"""What the monitors measured: votes of a day, drift of eight days, messages of a month, and open alarms."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any

import numpy as np
import psycopg

from ml.features import FEATURE_NAMES
from ml.monitoring.alarms import Finding, sentence
from tests.drawing.copying import copy
from tests.drawing.panels import CHALLENGER, CHAMPION, EXPECTED, MEMBERS, RETIRED, drift_found_at, trained_at
from tests.drawing.purchases import HOURS, ROWS, STANDSTILL

Row = dict[str, Any]
Random = np.random.Generator
_WINDOW = timedelta(minutes=15)
_DAY = timedelta(days=1)
_DRIFTING = {"amount": (0.03, 0.3), "customer_mean_7d": (0.02, 0.17), "customer_mean_1d": (0.03, 0.12)}
_CALENDAR = ("hour", "is_night", "is_weekend")
_SILENT_MINUTES = (540, 510)
"""Minutes ago in which a member of the champion did not answer."""


def write_measures(connection: psycopg.Connection, now: datetime, rng: Random) -> None:
    """Write every table of the monitors."""
    windows = list(_windows(now, rng))
    copy(connection, "panel_votes", [_panel_votes(rng, *window) for window in windows])
    copy(connection, "member_votes", [one for window in windows for one in _member_votes(rng, now, *window)])
    copy(connection, "member_agreements", [one for window in windows for one in _agreements(rng, *window)])
    copy(connection, "drift_measures", list(_drift(now, rng)))
    copy(connection, "performance_measures", list(_performance(now, rng)))
    copy(connection, "data_measures", [*_present(now, rng), *_hours(now, rng)])
    _write_alarms(connection, now)


def _floor(now: datetime, width: timedelta) -> datetime:
    seconds = width.total_seconds()
    return datetime.fromtimestamp(now.timestamp() // seconds * seconds, UTC)


def _busy(at: datetime) -> float:
    """Return how much more is bought at an instant than on average: little at night in Korea."""
    hour = (at.hour + at.minute / 60 + 9) % 24
    return 1 + 0.55 * np.sin((hour - 9) / 24 * 2 * np.pi)


def _windows(now: datetime, rng: Random) -> Iterator[tuple[int, datetime, int]]:
    """Yield panel, end and rows of each window of the vote."""
    last = _floor(now, _WINDOW)
    for place in range(96):
        until = last - place * _WINDOW
        rows = round(ROWS / HOURS / 4 * _busy(until) * rng.uniform(0.94, 1.06))
        yield CHAMPION, until, rows
        if until > trained_at(CHALLENGER, now):
            yield CHALLENGER, until, rows


def _frame(panel: int, until: datetime) -> Row:
    span = {"measured_from": until - _WINDOW, "measured_until": until}
    return {"panel_id": panel, "is_shadow": panel == CHALLENGER, **span}


def _panel_votes(rng: Random, panel: int, until: datetime, rows: int) -> Row:
    unanimous = int(rng.poisson(rows * EXPECTED["unanimous"] * 1.08))
    disputed = int(rng.poisson(rows * 0.0034))
    counts = {"unanimous_rows": unanimous, "majority_rows": unanimous + disputed // 2, "disputed_rows": disputed}
    return {**_frame(panel, until), "scored_rows": rows, **counts, "incomplete_rows": 0}


def _member_votes(rng: Random, now: datetime, panel: int, until: datetime, rows: int) -> Iterator[Row]:
    begun, ended = (now - timedelta(minutes=minutes) for minutes in _SILENT_MINUTES)
    for member in MEMBERS:
        is_silent = panel == CHAMPION and member == "xgboost" and begun <= until <= ended
        missing = round(rows * rng.uniform(0.02, 0.06)) if is_silent else 0
        scores = {
            "score_low": 1e-5, "score_high": 0.999, "score_mean": 0.012, "score_p50": 0.0024 * rng.uniform(0.9, 1.1),
            "score_p95": (0.02 + 0.004 * MEMBERS.index(member)) * rng.uniform(0.9, 1.1),
            "score_p99": (0.22 + 0.08 * MEMBERS.index(member)) * rng.uniform(0.85, 1.15),
        }  # fmt: skip
        counts = {"fraud_rows": int(rng.poisson(rows * EXPECTED[member] * 1.06)), "missing_rows": missing}
        yield {**_frame(panel, until), "member": member, "scored_rows": rows, **counts, **scores}


def _agreements(rng: Random, panel: int, until: datetime, rows: int) -> Iterator[Row]:
    for place, (member, other) in enumerate(combinations(MEMBERS, 2)):
        differing = int(rng.poisson(rows * (0.0031 + 0.0012 * place)))
        both = int(rng.poisson(rows * EXPECTED["unanimous"] * 1.1))
        counts = {"both_rows": rows, "agreeing_rows": rows - differing, "both_fraud_rows": both}
        yield {**_frame(panel, until), "member": member, "other": other, **counts}


def _drift(now: datetime, rng: Random) -> Iterator[Row]:
    """Yield eight windows of a day: nothing changes but what people spend."""
    midnight = _floor(now, _DAY)
    for ago in range(7, -1, -1):
        until = midnight - ago * _DAY
        panel = CHAMPION if until > trained_at(CHAMPION, now) else RETIRED
        grown = (7 - ago) / 7
        for kind, name in [*(("feature", name) for name in FEATURE_NAMES), *(("score", name) for name in MEMBERS)]:
            low, high = _DRIFTING.get(name, (0.013, 0.016) if kind == "feature" else (0.02, 0.13))
            psi = (low + (high - low) * grown**1.5) * rng.uniform(0.85, 1.15)
            missing = 0.04 if name == "distance_km" else 0.008 if name == "category" else 0.0
            yield {
                "panel_id": panel, "kind": kind, "name": name, "state": "measured", "measured_from": until - _DAY,
                "measured_until": until, "window_rows": 5_000 if kind == "feature" else 240_000 + 1_000 * ago,
                "psi": psi, "missing_share": missing * rng.uniform(0.9, 1.1), "reference_missing_share": missing,
                "unseen_share": 0.002 * rng.random() if name == "category" else None, "is_calendar": name in _CALENDAR,
            }  # fmt: skip


def _performance(now: datetime, rng: Random) -> Iterator[Row]:
    """Yield the days of a month, each with what was known of it after one, two and four weeks."""
    midnight = _floor(now, _DAY)
    for ago in range(30):
        until = midnight - ago * _DAY
        panel = CHAMPION if until > trained_at(CHAMPION, now) + _DAY else RETIRED
        messages = int(rng.poisson(92 if panel == CHAMPION else 84))
        frauds = int(rng.poisson(148))
        share = 0.94 if panel == CHAMPION else 0.9
        for delay in (0, *(days for days in (7, 14, 28) if days <= ago)):
            hits = min(int(messages * (share - 0.3 / (delay or 1)) * rng.uniform(0.97, 1.02)), messages)
            amount = {"amount_caught": 610_000.0 * hits, "amount_missed": 410_000.0 * (frauds - hits)}
            known = {"hits": hits, "frauds": frauds, **amount} if delay else dict.fromkeys(("hits", "frauds", *amount))
            yield {
                "panel_id": panel, "measured_from": until - _DAY, "measured_until": until, "delay_days": delay,
                "scored_rows": 250_000, "active_customers": _CUSTOMERS, "messages": messages, **known,
                "estimated_hits": messages * share, "estimated_frauds": frauds * rng.uniform(0.95, 1.08),
                "measured_at": now - timedelta(minutes=2),
            }  # fmt: skip


_CUSTOMERS = 19_400


def _present(now: datetime, rng: Random) -> Iterator[Row]:
    """Yield what the monitor saw every five minutes."""
    stopped, resumed = (now - ago for ago in STANDSTILL)
    for place in range(HOURS * 12):
        at = _floor(now, timedelta(minutes=5)) - place * timedelta(minutes=5)
        waited = (at - stopped).total_seconds() if stopped <= at <= resumed else 0.0
        seen = {
            "backlog_rows": int(rng.poisson(4)) + round(waited * ROWS / HOURS / 3600),
            "backlog_seconds": rng.uniform(0.3, 2.2) + waited, "seconds_since_landed": rng.exponential(0.3),
            "seconds_since_scored": rng.uniform(0.1, 2.4) + waited,
        }  # fmt: skip
        for measure, value in seen.items():
            yield {"measure": measure, "subject": "", "value": value, "measured_from": at, "measured_until": at}


def _hours(now: datetime, rng: Random) -> Iterator[Row]:
    """Yield what each clock hour had, and what was expected of it."""
    for ago in range(24):
        until = _floor(now, timedelta(hours=1)) - timedelta(hours=ago)
        span = {"measured_from": until - timedelta(hours=1), "measured_until": until}
        expected = ROWS / HOURS * _busy(until - timedelta(minutes=30))
        landed = round(expected * rng.uniform(0.93, 1.08))
        yield {"measure": "landed_rows", "subject": "", "value": landed, "expected": round(expected), **span}
        reasons = {"amount_is_positive": rng.poisson(5), "occurred_at_is_an_instant": rng.poisson(4)}
        if until - timedelta(hours=1) < now - timedelta(hours=4) <= until:
            reasons["currency_is_known"] = 190
        yield {"measure": "quarantined_share", "subject": "", "value": sum(reasons.values()) / landed, **span}
        for reason, rows in reasons.items():
            yield {"measure": "quarantined_rows", "subject": reason, "value": int(rows), **span}


def _write_alarms(connection: psycopg.Connection, now: datetime) -> None:
    psi = {"psi": 0.29, "previous_psi": 0.24, "limit": 0.2}
    refused = {"landed": 10_914, "refused": 199, "refused_share": 0.0182, "reason": "currency_is_known"}
    quarantined = now - timedelta(hours=3, minutes=30)
    copy(
        connection,
        "monitor_alarms",
        [
            _alarm(Finding("feature_drift", "amount", True, psi), drift_found_at(now), now),
            _alarm(Finding("quarantine_high", "", True, refused), quarantined, quarantined + timedelta(hours=1)),
            _alarm(Finding("member_out_of_band", "random_forest", True, _BAND), now - timedelta(minutes=32), now),
        ],
    )
    why = sentence(Finding("feature_drift", "amount", True, psi), "en")
    asked = {"panel_id": CHAMPION, "run_id": "scheduled", "sentence": why, "requested_at": drift_found_at(now)}
    copy(connection, "training_requests", [asked])


_BAND = {"fraud_share": 0.0192, "windows": 2, "low_share": 0.0037, "high_share": 0.0148}


def _alarm(finding: Finding, opened: datetime, seen: datetime) -> Row:
    said = {f"sentence_{language}": sentence(finding, language) for language in ("ko", "en")}
    about = {"kind": finding.kind, "part": finding.part, "subject": finding.subject, "link": finding.link}
    times = {"opened_at": opened, "last_seen_at": seen}
    return {**about, **said, **times, "panel_id": CHAMPION, "figures": json.dumps(dict(finding.figures))}
