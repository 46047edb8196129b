"""How `make test` shares the tests among its workers: a file is the share of one worker, and so is a stack."""

from typing import Final

from xdist.scheduler import LoadScopeScheduling

# Each of these starts something large once for all its files: a second worker would start it again.
TOGETHER: Final = ("tests/acceptance/", "tests/integration/ml/")


def share_of(test_id: str) -> str:
    """Return what one worker runs from beginning to end: the test's file, or the folder that shares a stack."""
    for folder in TOGETHER:
        if test_id.startswith(folder):
            return folder
    return test_id.split("::", 1)[0]


class Sharing(LoadScopeScheduling):
    """Gives a worker that has nearly finished its share the next one, in the order of the tests."""

    def _split_scope(self, nodeid: str) -> str:
        return share_of(nodeid)
