"""The logarithm of amounts in whole millionths, the same on every machine and however many amounts there are."""

from decimal import ROUND_HALF_EVEN, Context, Decimal

import numpy as np

from ml.features.timeline import Integers

MILLIONTHS = 1_000_000
_UNSURE = 1e-5
"""A million times the worst error of a floating-point logarithm of an amount up to 1e15 lies far below this."""
_EXACT = Context(prec=40, rounding=ROUND_HALF_EVEN)


def log_millionths(thousandths: Integers) -> Integers:
    """Return the natural logarithm of amounts, rounded exactly to whole millionths.

    Processors and libraries disagree in the last bit of a logarithm. It decides nothing except where the millionths
    lie within that bit of a half; those few are calculated with 40 digits.

    :param thousandths: amounts in thousandths of the main unit; less than one counts as one.
    """
    amounts = np.maximum(thousandths, 1)
    millionths = np.log(amounts / 1_000) * MILLIONTHS
    rounded = np.rint(millionths)
    is_unsure = np.abs(np.abs(millionths - rounded) - 0.5) < _UNSURE
    logs: Integers = rounded.astype(np.int64)
    logs[is_unsure] = [_exactly(amount) for amount in amounts[is_unsure].tolist()]
    return logs


def _exactly(thousandths: int) -> int:
    log = _EXACT.ln(Decimal(thousandths).scaleb(-3))
    return int(_EXACT.to_integral_value(log.scaleb(6)))
