"""Accounts for every row, verdict, alert and message of a running stack."""

import re
from datetime import datetime
from typing import Any

import psycopg

# What customers get, without the text messages that a dealer sends in place of an Alimtalk, and without staff's.
CUSTOMERS_CHANNELS = ("friends", "memo", "alimtalk", "email", "discord")
STAFFS_CHATS = ("discord:1100000000000000002", "fraud-desk@jikimi.example")
_COUNTS = """
    select count(*) as landed,
        (select coalesce(sum(valid_count + quarantined_count + repeated_count), 0) from batches) as accounted,
        (select coalesce(sum(landed_count), 0) from batches) as claimed
    from landed_transactions
"""
_UNJUDGED = """
    select count(*) as number from (
        select from transactions t join batches b using (batch_id)
            left join verdicts v on v.transaction_id = t.transaction_id and not v.is_shadow
        where b.source = 'live' and b.state = 'scored'
        group by t.transaction_id having count(v.transaction_id) <> 1
    ) unjudged
"""
_UNALERTED = """
    select count(*) as number from (
        select from unanimous_fraud u left join alerts a using (transaction_id)
        where not u.is_shadow group by u.transaction_id having count(a.alert_id) <> 1
    ) unalerted
"""
_ALERT_FOR = """
    insert into alerts (transaction_id, occurred_at, panel_id, customer_id, reference)
    select t.transaction_id, t.occurred_at, v.panel_id, t.customer_id, upper(lpad(to_hex(%s), 8, '0'))
    from transactions t join verdicts v using (transaction_id)
    where t.customer_id = %s limit 1
    returning alert_id, reference
"""
_SCORED_CUSTOMERS = """
    select distinct t.customer_id from transactions t join verdicts v using (transaction_id)
    join customer_channels c on c.customer_id = t.customer_id and c.position = 1
    where c.channel = %s and not exists (select from alerts a where a.customer_id = t.customer_id)
    order by t.customer_id limit 1
"""


def waits_for(stack: Any, channel: str) -> list[dict[str, Any]]:
    """Return a scored customer whose route begins with this channel and who has no alert yet; empty where none is."""
    return stack.ask(_SCORED_CUSTOMERS, channel)


def alert_on(stack: Any, channel: str, number: int) -> tuple[dict[str, Any], str]:
    """Write an alert for somebody whose route begins with this channel, as a verdict would."""
    customer = waits_for(stack, channel)[0]["customer_id"]
    return stack.ask(_ALERT_FOR, 0xFEED0000 + number, customer)[0], customer


def scored_since(stack: Any, since: datetime) -> bool:
    """Tell whether rows that were claimed after `since` are scored; False too while PostgreSQL is away."""
    try:
        return bool(stack.ask("select 1 from batches where scored_at > %s and claimed_at > %s limit 1", since, since))
    except psycopg.OperationalError:
        return False


def problems(stack: Any) -> list[str]:
    """Return a sentence for each kind of thing that was lost or exists twice, once nothing waits any more."""
    counts, references = stack.ask(_COUNTS)[0], _references(stack)
    unjudged, unalerted = stack.ask(_UNJUDGED)[0]["number"], stack.ask(_UNALERTED)[0]["number"]
    least, most = _arrivals(stack)
    doubts = {
        f"{counts['claimed']} rows claimed, {counts['accounted']} valid, quarantined or repeated": (
            counts["accounted"] != counts["claimed"] or counts["claimed"] > counts["landed"]
        ),
        f"{unjudged} valid rows have not exactly one verdict": unjudged > 0,
        f"{unalerted} unanimous rows have not exactly one alert": unalerted > 0,
        f"{len(references) - len(set(references))} messages came twice": len(references) != len(set(references)),
        f"{len(references)} messages came, not {least} to {most}": not least <= len(references) <= most,
    }
    return [words for words, is_wrong in doubts.items() if is_wrong]


def assert_nothing_lost(stack: Any) -> None:
    """Every claimed row is accounted for and judged once, every unanimous one has one alert."""
    row = stack.ask(_COUNTS)[0]
    assert row["accounted"] == row["claimed"] <= row["landed"]
    assert stack.ask(_UNJUDGED)[0]["number"] == 0
    assert stack.ask(_UNALERTED)[0]["number"] == 0


def customers_messages(stack: Any) -> list[dict[str, Any]]:
    """Return the messages that customers have."""
    return [
        message
        for message in stack.messages()
        if message["channel"] in CUSTOMERS_CHANNELS and message["chat_key"] not in STAFFS_CHATS
    ]


def assert_no_message_twice(stack: Any) -> None:
    """Each alert that was taken is one message in an inbox, and no reference is there twice."""
    references, (least, most) = _references(stack), _arrivals(stack)
    assert least <= len(references) <= most
    assert len(references) == len(set(references))


def _references(stack: Any) -> list[str]:
    return [re.search(r"\b[0-9A-F]{8}\b", message["text"])[0] for message in customers_messages(stack)]


def _arrivals(stack: Any) -> tuple[int, int]:
    states = {row["state"]: row["n"] for row in stack.ask("select state, count(*) as n from alerts group by state")}
    # Where a sender was killed in the middle, the message may have arrived: that is what `unknown` says.
    taken = states.get("delivered", 0) + states.get("accepted", 0)
    return taken, taken + states.get("unknown", 0)
