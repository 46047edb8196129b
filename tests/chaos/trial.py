"""One trial: alerts for customers with all kinds of routes, a fault at a random moment, and the account at the end."""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import requests

from tests.chaos.accounts import Account, Alert, account, arrivals
from tests.chaos.faults import FAULTS, Fault
from tests.chaos.machines import Machines, wait_until

ROUTES = (
    ("alimtalk",),
    ("kakao_friends",),
    ("email",),
    ("discord",),
    ("alimtalk", "email"),
    ("kakao_friends", "alimtalk"),
    ("discord", "kakao_friends"),
)
CUSTOMERS = 70
ALERTS = 24
_UNFINISHED = "select count(*) from alerts where state in ('pending', 'deferred', 'sending')"
# The next try is minutes away; the trial is not about waiting.
_HURRY = "update alerts set due_at = now() where state in ('pending', 'deferred') and wait_reason <> 'cool_down'"
_LAND = """
    with numbers as (
        select nextval('landed_transactions_landed_id_seq') as number, customer_id
        from unnest(%s::text[]) given (customer_id)
    ), landed as (
        insert into transactions (transaction_id, batch_id, landed_id, landed_at, occurred_at, customer_id, merchant_id,
            amount, currency)
        select 'T' || number, (select min(batch_id) from batches), number, now(), now(), customer_id, 'M1', 12500, 'KRW'
        from numbers
    )
    insert into alerts (transaction_id, occurred_at, panel_id, customer_id, reference)
    select 'T' || number, now(), (select min(panel_id) from panels), customer_id,
        upper(lpad(to_hex(number + 2863311530), 8, '0'))
    from numbers
"""
_ALERTS = """
    select a.reference, a.state, a.last_error,
        coalesce(array_agg(concat_ws(' ', t.outcome, t.channel, t.code) order by t.attempt_id)
            filter (where t.attempt_id is not null), '{}'),
        coalesce((array_agg(t.repeatable_until is not null order by t.attempt_id desc))[1], false), l.reference
    from alerts a left join alert_attempts t using (alert_id) left join alerts l on l.alert_id = a.folded_into
    where a.alert_id > %s
    group by a.alert_id, l.reference
"""


@dataclass(frozen=True)
class Result:
    """What one trial came to."""

    number: int
    faults: tuple[Fault, ...]
    account: Account
    seconds: float


def run(machines: Machines, number: int, seed: int) -> Result:
    """Run one trial; the same seed breaks the same things."""
    random, began = Random(seed * 100_003 + number), time.monotonic()
    faults = _drawn(random)
    last = machines.ask("select coalesce(max(alert_id), 0) from alerts")[0][0]
    newest_message = _messages(machines, -1, newest=True)
    machines.ask(_LAND, [f"C{random.randrange(CUSTOMERS)}" for _ in range(ALERTS)])
    for fault in faults:
        time.sleep(random.uniform(0, 0.4))
        fault.do(machines, random)
    _heal(machines)
    texts = [_words(message) for message in _messages(machines, newest_message)]
    alerts = [Alert(*row[:3], tuple(row[3]), *row[4:]) for row in machines.ask(_ALERTS, last)]
    found = account(alerts, arrivals(texts), any(fault.loses_answers for fault in faults))
    return Result(number, faults, found, time.monotonic() - began)


def settle_ground(machines: Machines) -> None:
    """Write what alerts need to stand on: a batch, a panel, customers, each route several times."""
    machines.ask("insert into batches (source, state, landed_count, claimed_at) values ('live', 'scored', 0, now())")
    machines.ask(
        "insert into panels (state, messages_per_10k, mlflow_run_id, trained_from, trained_until, judged_from,"
        " judged_until) values ('candidate', 50, 'none', now(), now(), now(), now())"
    )
    people = [{"customer_id": f"C{number}", "name": f"고객 {number}"} for number in range(CUSTOMERS)]
    friends = requests.post(f"{machines.sandbox_url}/admin/friends", json=people, timeout=10).json()
    for number, friend in enumerate(friends):
        machines.ask("insert into customers (customer_id, name) values (%s, '홍길동')", friend["customer_id"])
        _add_route(machines, number, friend, ROUTES[number % len(ROUTES)])


def _add_route(machines: Machines, number: int, friend: dict[str, str], route: Sequence[str]) -> None:
    addresses = {
        "alimtalk": f"010{number:08d}",
        "kakao_friends": friend["uuid"],
        "email": f"c{number}@example.com",
        "discord": None,
    }
    for position, channel in enumerate(route, 1):
        machines.ask(
            "insert into customer_channels (customer_id, channel, position, address, consented_at)"
            " values (%s, %s, %s, %s, now())",
            *(friend["customer_id"], channel, position, addresses[channel]),
        )


def _drawn(random: Random) -> tuple[Fault, ...]:
    return tuple(random.sample(FAULTS, random.choice((1, 1, 1, 2))))


def _heal(machines: Machines) -> None:
    """Let everything work again and wait until no alert waits."""
    requests.delete(f"{machines.sandbox_url}/admin/faults", timeout=10).raise_for_status()
    machines.start_senders()
    wait_until(lambda: _is_settled(machines), 90)


def _is_settled(machines: Machines) -> bool:
    machines.ask(_HURRY)
    return bool(machines.ask(_UNFINISHED)[0][0] == 0)


def _messages(machines: Machines, after: int, newest: bool = False) -> "list[dict[str, object]] | int":
    address = f"{machines.sandbox_url}/admin/messages"
    messages = requests.get(address, params={"after_id": after}, timeout=30).json()
    if newest:
        return max((message["message_id"] for message in messages), default=0)
    return messages


def _words(message: dict[str, object]) -> str:
    return f"{message.get('subject') or ''} {message['text']}"


def summed(results: Sequence[Result]) -> dict[str, object]:
    """Return the counts over all trials."""
    states: Counter[str] = Counter()
    for result in results:
        states.update(result.account.states)
    return {
        "trials": len(results),
        "alerts": sum(states.values()),
        **dict(sorted(states.items())),
        "faults": dict(Counter(fault.name for result in results for fault in result.faults)),
        "violations": [problem for result in results for problem in result.account.faults],
    }
