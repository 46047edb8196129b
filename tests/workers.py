"""How `make test` shares the tests among its workers: a file is the share of one worker, and so is a stack."""

from typing import Any, Final

from xdist.scheduler import LoadScopeScheduling

# Each of these starts something large once for all its files: a second worker would start it again.
TOGETHER: Final = ("tests/acceptance/", "tests/integration/ml/")
# What takes longest begins first: nobody waits at the end for a share that another worker has just begun.
FIRST: Final = (
    "tests/integration/infra/test_compose_commands.py",
    "tests/integration/ml/",
    "tests/integration/operators/",
    "tests/integration/delivery/test_chaos.py",
    "tests/unit/ml/",
)


def share_of(test_id: str) -> str:
    """Return what one worker runs from beginning to end: the test's file, or the folder that shares a stack."""
    for folder in TOGETHER:
        if test_id.startswith(folder):
            return folder
    return test_id.split("::", 1)[0]


def turn_of(share: str) -> int:
    """Return when a share's turn is, 0 being the first."""
    return next((turn for turn, begin in enumerate(FIRST) if share.startswith(begin)), len(FIRST))


class Sharing(LoadScopeScheduling):
    """Gives a worker that has nearly finished its share the next one: what takes longest, then in the tests' order."""

    def _split_scope(self, nodeid: str) -> str:
        return share_of(nodeid)

    def _assign_work_unit(self, node: Any) -> None:
        self.workqueue.move_to_end(min(self.workqueue, key=turn_of), last=False)
        super()._assign_work_unit(node)
