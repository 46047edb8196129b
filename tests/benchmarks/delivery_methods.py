"""The drain as it is, the same drain one message at a time, and the channel without any drain."""

import resource
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from multiprocessing import get_context
from typing import Any
from uuid import uuid4

import psutil

from tests.chaos.machines import Machines

_FORK = get_context("fork")
_SECONDS_ALONE = 5


def drain_once(machines: Machines, limit: int = 1000) -> dict[str, float]:
    """Drain in a process of its own until nothing is due; returns what it took, seconds, CPU seconds and megabytes."""
    return _in_a_process(lambda: _drained(limit))


def drain_one_by_one(machines: Machines) -> dict[str, float]:
    """Do the same with claims of one alert: a claim, a request and a commit for each message."""
    return _in_a_process(lambda: _drained(1))


def channel_alone(machines: Machines, channel: str) -> float:
    """Return the messages a second that the channel takes from one client that writes nothing down."""
    return _in_a_process(lambda: {"rate": _sent_alone(channel)})["rate"]


def _drained(limit: int) -> dict[str, float]:
    from jikimi.delivery.drain import Options
    from jikimi.delivery.opening import open_drain
    from jikimi.store.connection import open_store

    samples: list[float] = []
    threading.Thread(target=_watch, args=(samples,), daemon=True).start()
    with open_store() as store:
        drain = open_drain(store, Options(limit, timedelta(seconds=120), timedelta(seconds=600)))
        begin_mb, began = _megabytes(), time.monotonic()
        counts = drain.run()
        seconds = time.monotonic() - began
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "taken": counts["delivered"] + counts["accepted"],
        "seconds": seconds,
        "cpu_s": used.ru_utime + used.ru_stime,
        "begin_mb": begin_mb,
        "after_a_tenth_mb": samples[len(samples) // 10] if samples else begin_mb,
        "end_mb": _megabytes(),
        "peak_mb": max(samples, default=begin_mb),
    }


def _sent_alone(name: str) -> float:
    from jikimi.channels.base import Message
    from jikimi.channels.registry import open_channel
    from jikimi.delivery.letters import letters
    from jikimi.store.connection import open_store

    write = letters("지킴이은행", timezone())
    with open_store() as store:
        channel = open_channel(name, store)
        addresses = store.execute(
            "select address from customer_channels where channel = %s limit 1000", [name]
        ).fetchall()
        alert = example_alert()
        numbers = count(1)
        messages = [
            Message(next(numbers), f"{number:08X}", row["address"], write(name, alert))
            for number, row in enumerate(addresses)
        ]
        sent, began = 0, time.monotonic()
        while time.monotonic() - began < _SECONDS_ALONE:
            for call in channel.calls(messages):
                sent += len(channel.send(call, uuid4()))
                if time.monotonic() - began >= _SECONDS_ALONE:
                    break
        return sent / (time.monotonic() - began)


def timezone() -> Any:
    """Return the zone of the letters."""
    from zoneinfo import ZoneInfo

    return ZoneInfo("Asia/Seoul")


def example_alert() -> Any:
    """Return an alert as a drain claims it."""
    from datetime import UTC, datetime
    from decimal import Decimal

    from jikimi.outbox import ClaimedAlert

    return ClaimedAlert(
        alert_id=1,
        claims=1,
        attempts=0,
        reference="A1B2C3D4",
        more=0,
        occurred_at=datetime.now(UTC),
        amount=Decimal(12500),
        currency="KRW",
        card_masked=None,
        merchant="ABC마트",
        is_known=True,
        name="홍길동",
        language="ko",
        route=(),
        struck=frozenset(),
        tries={},
    )


def _in_a_process(work: Callable[[], dict[str, float]]) -> dict[str, float]:
    """Do it where nothing was done before, so that seconds and megabytes are its own."""
    receiving, sending = _FORK.Pipe(duplex=False)
    process = _FORK.Process(target=lambda: sending.send(work()), daemon=True)
    process.start()
    sending.close()
    result: dict[str, float] = receiving.recv()
    process.join()
    return result


def _watch(samples: list[float]) -> None:
    while True:
        samples.append(_megabytes())
        time.sleep(0.5)


def _megabytes() -> float:
    return float(psutil.Process().memory_info().rss) / 1e6
