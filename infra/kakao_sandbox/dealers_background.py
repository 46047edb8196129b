"""What dealers do by themselves, beside the requests: messages go on, and NHN's webhook is told."""

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import httpx

from infra.kakao_sandbox import dealers_progress, nhn_webhook
from infra.kakao_sandbox.state import Sandbox

_logger = logging.getLogger(__name__)
_PAUSE_SECONDS = 0.1


@asynccontextmanager
async def dealers_at_work(sandbox: Sandbox) -> AsyncIterator[None]:
    """Work until the block ends. What is due is in the database: after a restart it goes on where it stood."""

    async def go_on() -> int:
        return dealers_progress.settle_some(sandbox)

    # Reading the authorities that are trusted takes longer than all the rest; on this machine nobody needs them.
    async with httpx.AsyncClient(trust_env=False, verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)) as client:

        async def tell() -> int:
            return await nhn_webhook.tell_due(sandbox, client)

        tasks = [asyncio.create_task(_repeat(work)) for work in (go_on, tell)]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task


async def _repeat(work: Callable[[], Awaitable[int]]) -> None:
    while True:
        try:
            done = await work()
        except Exception:
            _logger.exception("The dealers' work failed; it is tried again")
            done = 0
        # Requests come first, even where there is more to do.
        await asyncio.sleep(0 if done else _PAUSE_SECONDS)
