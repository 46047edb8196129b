"""How messages go on after a dealer took them: sent, told of, and where KakaoTalk fails replaced by a text message."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from infra.kakao_sandbox import dealers_texts, messages, nhn_webhook, solapi_balance
from infra.kakao_sandbox.dealers_deliveries import CHANNELS
from infra.kakao_sandbox.dealers_fates import DELIVERED, UNSURE
from infra.kakao_sandbox.state import Sandbox

# So many at once, so that other requests get their turn in between.
_MOST = 500


@dataclass(frozen=True, slots=True)
class _Step:
    """What changes for one message; None leaves a column as it is.

    :param due_at: when the next step comes; None after the last one.
    :param state: of the message in the inbox.
    :param is_text: the text message in its place arrives with this step.
    """

    row: sqlite3.Row
    phase: str
    due_at: float | None = None
    kind: str | None = None
    code: str | None = None
    text_code: str | None = None
    state: str | None = None
    is_text: bool = False


def settle(sandbox: Sandbox) -> None:
    """Let everything happen that is due by now."""
    while settle_some(sandbox):
        pass


def settle_some(sandbox: Sandbox) -> int:
    """Let the oldest of what is due happen, and return how much that was."""
    now = sandbox.now()
    rows = sandbox.rows("select * from deliveries where due_at <= ? order by due_at limit ?", now, _MOST)
    if rows:
        with sandbox.transaction():
            _take(sandbox, [_step(row) for row in rows], now)
    return len(rows)


def _take(sandbox: Sandbox, steps: Sequence[_Step], now: float) -> None:
    sandbox.database.executemany(
        "update deliveries set phase = ?, due_at = ?, kind = coalesce(?, kind), code = coalesce(?, code),"
        " text_code = coalesce(?, text_code), updated_at = ? where delivery_id = ?",
        [(one.phase, one.due_at, one.kind, one.code, one.text_code, now, one.row["delivery_id"]) for one in steps],
    )
    messages.set_states(
        sandbox, [(one.row["inbox_id"], one.state, _detail(one)) for one in steps if one.state is not None]
    )
    messages.keep_many(sandbox, [_text(one.row) for one in steps if one.is_text])
    told = [one.row["delivery_id"] for one in steps if one.row["dealer"] == "nhn" and one.row["phase"] == "sent"]
    nhn_webhook.announce(sandbox, told)
    paid = [one for one in steps if one.row["dealer"] == "solapi"]
    solapi_balance.book(
        sandbox,
        charged=(one.row["text_kind"] for one in paid if one.is_text),
        refunded=(one.row["kind"] for one in paid if one.state == "failed"),
    )


def _step(row: sqlite3.Row) -> _Step:
    code = row["fate"]
    if row["phase"] == "taken":
        return _Step(row, "sent", row["due_at"] + row["delay"])
    if row["phase"] == "resending":
        return _text_step(row)
    if code == DELIVERED[row["dealer"]]:
        return _Step(row, "done", code=code, state="delivered")
    if code in UNSURE:
        return _Step(row, "done", code=code, state="accepted")
    if row["text_kind"]:
        return _Step(row, "resending", row["due_at"] + row["delay"], code=code, state="failed")
    return _Step(row, "done", code=code, state="failed")


def _text_step(row: sqlite3.Row) -> _Step:
    code, dealer = row["text_fate"], row["dealer"]
    arrives = code == DELIVERED[dealer]
    if dealer == "nhn":
        return _Step(row, "done", text_code=code, is_text=arrives)
    # At SOLAPI the message itself becomes a text message.
    return _Step(row, "done", kind=row["text_kind"], code=code, text_code=code, is_text=arrives)


def _detail(step: _Step) -> str | None:
    return f"{step.row['template'] or step.row['kind']} · {step.code}" if step.state == "failed" else None


def _text(row: sqlite3.Row) -> messages.Arrival:
    return messages.Arrival(
        chat_key=row["address"],
        channel=CHANNELS[row["text_kind"]],
        text=row["text_body"],
        title=dealers_texts.written(row["address"]),
        subject=row["text_subject"],
        detail=row["text_sender"],
        state="delivered",
    )
