"""Trainings that drift starts, and when the last one was."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from jikimi.store.connection import Connection, query


@dataclass(frozen=True)
class TrainingRequest:
    """Why drift is to start a training.

    :param run_id: of the monitor's run that asks.
    :param measured_until: end of the last window that drifted.
    """

    panel_id: int
    run_id: str
    sentence: str
    measured_until: datetime


def request_training(connection: Connection, request: TrainingRequest, now: datetime, cool_down: timedelta) -> bool:
    """Note that drift starts a training; returns False where the last one is not `cool_down` ago, or knew the window.

    A run that noted it before may start it again: it stopped before anyone heard of it.
    """
    with connection.transaction():
        connection.execute(query("lock_training_requests"))
        last = connection.execute(query("training_requested"), {"run_id": request.run_id}).fetchone() or {}
        if last["is_ours"]:
            return True
        if last["requested_at"] and not last["requested_at"] + cool_down <= now:
            return False
        if last["requested_at"] and request.measured_until <= last["requested_at"]:
            return False
        connection.execute(query("request_training"), {**vars(request), "now": now})
    return True
