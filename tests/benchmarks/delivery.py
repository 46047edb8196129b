"""Messages a second out of a full outbox, each beside the same drain one by one and the channel alone; and memory."""

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import requests

from tests.benchmarks.delivery_methods import channel_alone, drain_once, drain_one_by_one
from tests.chaos.machines import Machines, running

ALERTS = 10_000
ONE_BY_ONE = 500
MANY = int(os.environ.get("MEMORY_ALERTS", "1000000"))
AIMS = {"alimtalk": 500, "kakao_friends": 50}
_GROUND = """
    insert into batches (source, state, landed_count, claimed_at) values ('live', 'scored', 0, now());
    insert into panels (state, messages_per_10k, mlflow_run_id, trained_from, trained_until, judged_from, judged_until)
    values ('candidate', 50, 'none', now(), now(), now(), now())
"""
_CUSTOMERS = """
    with numbers as (select generate_series(%(first)s::int, %(last)s::int) as number), people as (
        insert into customers (customer_id, name) select 'C' || number, '홍길동' from numbers
        returning customer_id, substr(customer_id, 2)::int as number
    )
    insert into customer_channels (customer_id, channel, position, address, consented_at)
    select customer_id, %(channel)s, 1,
        case when %(channel)s = 'alimtalk' then '010' || lpad(number::text, 8, '0')
             else %(uuids)s::jsonb ->> customer_id end, now()
    from people
"""
_ALERTS = """
    with landed as (
        insert into transactions (transaction_id, batch_id, landed_id, landed_at, occurred_at, customer_id, merchant_id,
            merchant_name, amount, currency)
        select 'T' || number, (select min(batch_id) from batches), number, now(), now(), 'C' || number, 'M1', 'ABC마트',
            12500, 'KRW'
        from generate_series(%(first)s::int, %(last)s::int) number
        returning transaction_id, occurred_at, customer_id, landed_id
    )
    insert into alerts (transaction_id, occurred_at, panel_id, customer_id, reference)
    select transaction_id, occurred_at, (select min(panel_id) from panels), customer_id,
        upper(lpad(to_hex(landed_id + 2863311530), 8, '0'))
    from landed
"""


def measure() -> Iterator[dict[str, Any]]:
    """Measure both channels of which there is an aim, then the memory of a long drain."""
    with TemporaryDirectory(prefix="jikimi-bench-") as folder:
        Path(folder).chmod(0o755)
        with running(Path(folder), senders=0) as machines:
            for statement in _GROUND.split(";"):
                machines.ask(statement)
            first = 1
            for channel in AIMS:
                yield _rate(machines, channel, first)
                first += ALERTS + ONE_BY_ONE
            yield _memory(machines, first)


def _rate(machines: Machines, channel: str, first: int) -> dict[str, Any]:
    _fill(machines, channel, first, first + ALERTS - 1)
    drained = drain_once(machines)
    _fill(machines, channel, first + ALERTS, first + ALERTS + ONE_BY_ONE - 1)
    alone = drain_one_by_one(machines)
    return {
        "measurement": "delivery",
        "figure": "messages_per_second",
        "channel": channel,
        "messages": drained["taken"],
        "value": round(drained["taken"] / drained["seconds"]),
        "aim": AIMS[channel],
        "drain_cpu_s": round(drained["cpu_s"], 2),
        "peak_mb": round(drained["peak_mb"]),
        "baseline_one_claim_one_call_per_second": round(alone["taken"] / alone["seconds"]),
        "floor_channel_alone_per_second": round(channel_alone(machines, channel)),
    }


def _memory(machines: Machines, first: int) -> dict[str, Any]:
    for start in range(first, first + MANY, 100_000):
        _fill(machines, "alimtalk", start, min(start + 100_000, first + MANY) - 1)
    drained = drain_once(machines)
    return {
        "measurement": "delivery",
        "figure": "memory_of_a_long_drain_mb",
        "messages": drained["taken"],
        "messages_per_second": round(drained["taken"] / drained["seconds"]),
        "after_a_tenth": round(drained["after_a_tenth_mb"]),
        "at_the_end": round(drained["end_mb"]),
        "peak": round(drained["peak_mb"]),
        "baseline_before_the_first": round(drained["begin_mb"]),
    }


def _fill(machines: Machines, channel: str, first: int, last: int) -> None:
    """Put an alert into the outbox for each of these customers."""
    numbers = {"first": first, "last": last}
    uuids = _friends(machines, first, last) if channel == "kakao_friends" else {}
    machines.ask_named(_CUSTOMERS, numbers | {"channel": channel, "uuids": json.dumps(uuids)})
    machines.ask_named(_ALERTS, numbers)
    machines.ask("vacuum analyze")


def _friends(machines: Machines, first: int, last: int) -> dict[str, str]:
    people = [{"customer_id": f"C{number}", "name": f"고객 {number}"} for number in range(first, last + 1)]
    made = []
    for start in range(0, len(people), 1000):
        answer = requests.post(f"{machines.sandbox_url}/admin/friends", json=people[start : start + 1000], timeout=60)
        made += answer.json()
    return {friend["customer_id"]: friend["uuid"] for friend in made}


if __name__ == "__main__":
    began = time.monotonic()
    for figure in measure():
        print(json.dumps(figure), f"after {time.monotonic() - began:.0f} s", flush=True)
