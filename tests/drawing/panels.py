"""Three panels: one that was replaced, the champion, and a challenger that drift has called for."""

import json
from datetime import UTC, datetime, timedelta

import psycopg

from ml.features import FEATURE_NAMES
from tests.drawing.copying import copy

MEMBERS = ("logistic_regression", "random_forest", "xgboost")
RETIRED, CHAMPION, CHALLENGER = 1, 2, 3
EXPECTED = {"unanimous": 0.0058, "logistic_regression": 0.0089, "random_forest": 0.0074, "xgboost": 0.0081}
"""Shares of the judged rows that were called fraud."""
_STATES = {RETIRED: "retired", CHAMPION: "champion", CHALLENGER: "challenger"}
_SENTENCES = {
    RETIRED: "First panel: nothing to compare it with.",
    CHAMPION: "Recall 0.61 against 0.55 at 50 messages per 10,000 customers, precision no worse.",
    CHALLENGER: "Recall 0.66 against 0.61. A person has to approve.",
}
_FIGURES = {"expected_messages_per_10k": 46.0, "message_precision": 0.93, "message_recall": 0.61}


def trained_at(panel: int, now: datetime) -> datetime:
    """Return when a panel came into being."""
    ago = {RETIRED: timedelta(days=34), CHAMPION: timedelta(days=5, hours=3)}
    return now - ago[panel] if panel in ago else drift_found_at(now) + timedelta(minutes=24)


def drift_found_at(now: datetime) -> datetime:
    """Return when the second window of a day with drift had been measured: soon after midnight (UTC)."""
    return now.astimezone(UTC).replace(hour=0, minute=5, second=0, microsecond=0)


def write_panels(connection: psycopg.Connection, now: datetime) -> None:
    """Write the panels with their members, decisions and references."""
    copy(connection, "panels", [_panel(panel, now) for panel in _STATES])
    copy(connection, "panel_members", [_member(panel, place) for panel in _STATES for place in range(len(MEMBERS))])
    copy(connection, "panel_decisions", [_decision(panel, now) for panel in _STATES])
    copy(connection, "panel_references", [one for panel in _STATES for one in _references(panel, now)])


def _panel(panel: int, now: datetime) -> dict:
    at = trained_at(panel, now)
    return {
        "panel_id": panel, "state": _STATES[panel], "messages_per_10k": 50, "mlflow_run_id": f"{panel:x}e7c9b4a1d20",
        "trained_from": at - timedelta(days=120), "trained_until": at - timedelta(days=14),
        "judged_from": at - timedelta(days=14), "judged_until": at - timedelta(days=7), "created_at": at,
        "promoted_at": at if panel != CHALLENGER else None, "decision": _SENTENCES[panel],
        "retired_at": trained_at(CHAMPION, now) if panel == RETIRED else None, "figures": json.dumps(_FIGURES),
    }  # fmt: skip


def _member(panel: int, place: int) -> dict:
    threshold = round(0.42 + 0.05 * place + 0.01 * panel, 2)
    named = {"member": MEMBERS[place], "model_name": f"jikimi_{MEMBERS[place]}", "model_version": panel}
    return {"panel_id": panel, **named, "threshold": threshold}


def _decision(panel: int, now: datetime) -> dict:
    decision = "challenging" if panel == CHALLENGER else "promoted"
    said = {"sentence": _SENTENCES[panel], "decided_by": "gate"}
    return {"panel_id": panel, "decision": decision, **said, "decided_at": trained_at(panel, now)}


def _references(panel: int, now: datetime) -> list[dict]:
    kinds = dict.fromkeys(FEATURE_NAMES, "feature") | dict.fromkeys(MEMBERS, "score")
    shares = [(name, "vote", {"fraud": round(share * 80_000), "share": share}) for name, share in EXPECTED.items()]
    return [
        {"panel_id": panel, "kind": kind, "name": name, "reference_rows": 80_000, "reference": json.dumps(reference),
         "created_at": trained_at(panel, now)}
        for name, kind, reference in [*((name, kind, {}) for name, kind in kinds.items()), *shares]
    ]  # fmt: skip
