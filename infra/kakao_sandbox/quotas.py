"""Daily quotas, counted from midnight to midnight in Korea."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from infra.kakao_sandbox.state import Sandbox

# Korea has no summer time.
_KOREA = timedelta(hours=9)
SUBJECTS = ("app", "sender", "receiver", "pair")


def use(sandbox: Sandbox, sender: int, receiver: str | None = None) -> int | None:
    """Count one message, or return the code of the quota that is used up and count nothing.

    :param receiver: a friend's uuid; None for a memo, which only the app's and the sender's quota limit.
    """
    day, limits = _today(sandbox), _limits(sandbox, sender, receiver)
    for code, subject, limit in limits:
        row = sandbox.row("select used from quota_counters where day = ? and subject = ?", day, subject)
        if (row["used"] if row else 0) >= limit:
            return code
    for _, subject, _ in limits:
        sandbox.rows(
            "insert into quota_counters (day, subject, used) values (?, ?, 1)"
            " on conflict (day, subject) do update set used = used + 1",
            *(day, subject),
        )
    return None


def fill(sandbox: Sandbox, kind: str, sender: int, receivers: Iterable[str]) -> None:
    """Set the counter of the app, the sender, each receiver or each pair to its limit for the rest of the day."""
    for receiver in [*receivers, None]:
        for _, subject, limit in _limits(sandbox, sender, receiver):
            if subject.startswith(f"{kind} "):
                sandbox.rows(
                    "insert or replace into quota_counters (day, subject, used) values (?, ?, ?)",
                    *(_today(sandbox), subject, limit),
                )


def counted(sandbox: Sandbox, most: int = 200) -> list[dict[str, Any]]:
    """Return today's counters, the fullest first: kind, whom it counts, used, most."""
    settings = sandbox.settings
    limits = (settings.app_quota, settings.sender_quota, settings.receiver_quota, settings.pair_quota)
    most_of = dict(zip(SUBJECTS, limits, strict=True))
    rows = sandbox.rows(
        "select subject, used from quota_counters where day = ? order by used desc limit ?", _today(sandbox), most
    )
    counters = []
    for row in rows:
        kind, _, *whom = row["subject"].split(" ", 2)
        counters.append({"kind": kind, "whom": " ".join(whom), "used": row["used"], "most": most_of[kind]})
    return sorted(counters, key=lambda counter: counter["used"] / max(1, counter["most"]), reverse=True)


def reset(sandbox: Sandbox) -> int:
    """Forget today's counts, and return how many there were."""
    return len(sandbox.rows("delete from quota_counters where day = ? returning subject", _today(sandbox)))


def _today(sandbox: Sandbox) -> str:
    return (sandbox.clock() + _KOREA).date().isoformat()


def _limits(sandbox: Sandbox, sender: int, receiver: str | None) -> list[tuple[int, str, int]]:
    settings, app = sandbox.settings, sandbox.settings.app_key
    limits = [(-10, f"app {app}", settings.app_quota), (-532, f"sender {app} {sender}", settings.sender_quota)]
    if receiver is not None:
        limits.append((-533, f"receiver {app} {receiver}", settings.receiver_quota))
        limits.append((-536, f"pair {app} {sender} {receiver}", settings.pair_quota))
    return limits
