"""The account's money at SOLAPI: charged on arrival, given back where KakaoTalk fails."""

from collections.abc import Iterable

from infra.kakao_sandbox.solapi_answers import PRICES
from infra.kakao_sandbox.state import Sandbox

_SWITCH = "solapi_balance"
# Enough for a long test.
_START = 1e9


def balance(sandbox: Sandbox) -> float:
    """Return what is left, in won."""
    return float(sandbox.switch(_SWITCH, str(_START)))


def put(sandbox: Sandbox, amount: float) -> None:
    """Say what is left, in won."""
    sandbox.turn(_SWITCH, str(amount))


def book(sandbox: Sandbox, *, charged: Iterable[str] = (), refunded: Iterable[str] = ()) -> None:
    """Charge and give back messages by their kinds; call it inside a transaction."""
    amount = sum(PRICES[kind] for kind in refunded) - sum(PRICES[kind] for kind in charged)
    if amount:
        put(sandbox, balance(sandbox) + amount)
