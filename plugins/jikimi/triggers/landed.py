"""Watches for landed rows and announces them, so that no DAG has to poll."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import structlog
from airflow.triggers.base import BaseEventTrigger, TriggerEvent

from jikimi.exceptions import JikimiError
from jikimi.store.batches import Unclaimed, unclaimed
from jikimi.store.connection import AsyncConnection, open_store_async

log = structlog.get_logger(__name__)


class LandedTransactionsTrigger(BaseEventTrigger):
    """Raises one event when rows have landed, and the next only when those were claimed.

    One event a run and not one a row: a thousand rows a second cost no more events than ten. Airflow's triggerer passes
    events on once a second; so while rows keep coming `validate_batch` calls the next run itself, and nothing is said
    here. It only reads, because Airflow may run a trigger in two triggerers at once.

    :param poll_seconds: pause between two looks; a look is answered from a small index.
    :param patience_seconds: what waits so long after an announcement, rows or validated batches, is announced again, in
        case a run was lost.
    """

    def __init__(self, poll_seconds: float = 0.2, patience_seconds: float = 15.0) -> None:
        super().__init__()
        self.poll_seconds = poll_seconds
        self.patience_seconds = patience_seconds
        self._announced: int | None = None
        self._announced_at = time.monotonic()

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Return the class and the arguments from which a triggerer makes it again."""
        arguments = {"poll_seconds": self.poll_seconds, "patience_seconds": self.patience_seconds}
        return "jikimi.triggers.landed.LandedTransactionsTrigger", arguments

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Look for ever; a database that is away is waited for."""
        while True:
            try:
                async with open_store_async() as store:
                    async for event in self._watch(store):
                        yield event
            except JikimiError as error:
                log.warning("waiting for the fraud database", reason=str(error))
                await asyncio.sleep(2)

    async def _watch(self, store: AsyncConnection) -> AsyncIterator[TriggerEvent]:
        while True:
            waiting = await unclaimed(store)
            if self._is_news(waiting, time.monotonic()):
                self._announced = waiting.first
                self._announced_at = time.monotonic()
                yield TriggerEvent({"first_landed_id": waiting.first, "last_landed_id": waiting.last})
            await asyncio.sleep(self.poll_seconds)

    def _is_news(self, waiting: Unclaimed, now: float) -> bool:
        # The oldest waiting row is another one than announced: the announced ones were claimed.
        if waiting.first is not None and waiting.first != self._announced:
            if not waiting.is_called_for:
                return True
            self._announced_at = now
            return False
        is_left = waiting.first is not None or waiting.unscored > 0
        return is_left and now - self._announced_at > self.patience_seconds
