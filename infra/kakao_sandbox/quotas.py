"""Daily quotas, counted from midnight to midnight in Korea."""

from datetime import timedelta

from infra.kakao_sandbox.state import Sandbox

# Korea has no summer time.
_KOREA = timedelta(hours=9)


def use(sandbox: Sandbox, sender: int, receiver: str | None = None) -> int | None:
    """Count one message, or return the code of the quota that is used up and count nothing.

    :param receiver: a friend's uuid; None for a memo, which only the app's and the sender's quota limit.
    """
    day = (sandbox.clock() + _KOREA).date().isoformat()
    limits = _limits(sandbox, sender, receiver)
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


def _limits(sandbox: Sandbox, sender: int, receiver: str | None) -> list[tuple[int, str, int]]:
    settings, app = sandbox.settings, sandbox.settings.app_key
    limits = [(-10, f"app {app}", settings.app_quota), (-532, f"sender {app} {sender}", settings.sender_quota)]
    if receiver is not None:
        limits.append((-533, f"receiver {app} {receiver}", settings.receiver_quota))
        limits.append((-536, f"pair {app} {sender} {receiver}", settings.pair_quota))
    return limits
