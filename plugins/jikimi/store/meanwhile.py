"""Something on a second thread: PostgreSQL works for it while this one computes, or asks something else."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


@contextmanager
def meanwhile(action: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> Iterator[Future[R]]:
    """Run the action while the block goes on; the block ends when both have ended.

    What the action raises is raised where its result is asked for, and at the end of the block at the latest; what the
    block raises comes first. A connection serves one of the two only.
    """
    with ThreadPoolExecutor(max_workers=1) as other:
        future = other.submit(action, *args, **kwargs)
        yield future
        future.result()
