"""How good the messages of a panel are: for the people who get them, and in money."""

from ml.evaluation.rows import Flags, JudgedRows


def message_figures(rows: JudgedRows, is_message: Flags) -> dict[str, float]:
    """Measure the messages of a panel: how many, how many of them true, how much of all fraud.

    Every row counts, also those of known cards: a message to them is sent and costs its part of the budget.

    :param is_message: one per row.
    :return: `messages_per_day`; `messages_per_10k` and `false_alarms_per_10k` (honest rows with a message), both per
        10,000 active customers and day; `message_precision`, `message_recall`; `amount_caught`, `amount_missed` and
        `amount_caught_share` of the fraud. NaN where something is divided by nothing.
    """
    messages, hits, frauds = (int(flags.sum()) for flags in (is_message, is_message & rows.is_fraud, rows.is_fraud))
    customer_days = rows.active_customers * rows.days
    caught = float(rows.amount[is_message & rows.is_fraud].sum())
    missed = float(rows.amount[~is_message & rows.is_fraud].sum())
    return {
        "messages_per_day": _ratio(messages, rows.days),
        "messages_per_10k": _ratio(10_000 * messages, customer_days),
        "message_precision": _ratio(hits, messages),
        "message_recall": _ratio(hits, frauds),
        "false_alarms_per_10k": _ratio(10_000 * (messages - hits), customer_days),
        "amount_caught": caught,
        "amount_missed": missed,
        "amount_caught_share": _ratio(caught, caught + missed),
    }


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")
