"""Members of few trees, for tests of what is done with members; how good the real ones are has tests of its own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps

import pytest

from ml.models import MEMBERS, Estimator

_TREES = 20


def _small(make: Callable[[int], Estimator]) -> Callable[[int], Estimator]:
    @wraps(make)
    def made(seed: int) -> Estimator:
        member = make(seed)
        trees = {key: _TREES for key in member.get_params() if key.endswith("n_estimators")}
        # As far as many small steps go, in few.
        steps = {key: 0.3 for key in member.get_params() if key.endswith("learning_rate")}
        return member.set_params(**trees, **steps)

    return made


@contextmanager
def small_members() -> Iterator[None]:
    """Let the names of the real members mean small ones of their kind."""
    with pytest.MonkeyPatch.context() as patch:
        for name, make in list(MEMBERS.items()):
            patch.setitem(MEMBERS, name, _small(make))
        yield
