"""Watches for landed rows and announces them, so that no DAG has to poll."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import structlog
from airflow.triggers.base import BaseEventTrigger, TriggerEvent

from jikimi.exceptions import JikimiError
from jikimi.store.batches import Unclaimed, unclaimed
from jikimi.store.connection import Connection, open_store

log = structlog.get_logger(__name__)


class LandedTransactionsTrigger(BaseEventTrigger):
    """Raises one event when rows have landed, and the next only when those were claimed.

    One event a run and not one a row: a thousand rows a second cost no more events than ten. It only reads, because
    Airflow may run a trigger in two triggerers at once.

    :param poll_seconds: pause between two looks; a look is answered from a small index.
    :param patience_seconds: rows that nobody claimed for so long are announced again, in case a run was lost.
    """

    def __init__(self, poll_seconds: float = 0.2, patience_seconds: float = 15.0) -> None:
        super().__init__()
        self.poll_seconds = poll_seconds
        self.patience_seconds = patience_seconds
        self._announced_until = 0
        self._announced_at = 0.0

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Return the class and the arguments from which a triggerer makes it again."""
        arguments = {"poll_seconds": self.poll_seconds, "patience_seconds": self.patience_seconds}
        return "jikimi.triggers.landed.LandedTransactionsTrigger", arguments

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Look for ever; a database that is away is waited for."""
        while True:
            try:
                with open_store() as store:
                    async for event in self._watch(store):
                        yield event
            except JikimiError as error:
                log.warning("waiting for the fraud database", reason=str(error))
                await asyncio.sleep(2)

    async def _watch(self, store: Connection) -> AsyncIterator[TriggerEvent]:
        while True:
            waiting = await asyncio.to_thread(unclaimed, store)
            if self._is_news(waiting, time.monotonic()):
                self._announced_until = waiting.last or 0
                self._announced_at = time.monotonic()
                yield TriggerEvent({"first_landed_id": waiting.first, "last_landed_id": waiting.last})
            await asyncio.sleep(self.poll_seconds)

    def _is_news(self, waiting: Unclaimed, now: float) -> bool:
        if waiting.first is None:
            return False
        return waiting.first > self._announced_until or now - self._announced_at > self.patience_seconds
