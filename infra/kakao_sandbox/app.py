"""The sandbox as one web application."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.middleware.trustedhost import TrustedHostMiddleware

from infra.kakao_sandbox import (
    admin,
    dealers_admin,
    discord,
    fault_admin,
    inbox,
    nhn,
    nhn_searches,
    oauth,
    solapi,
    solapi_searches,
    talk,
)
from infra.kakao_sandbox.broken import BreakableApp
from infra.kakao_sandbox.dealers_background import dealers_at_work
from infra.kakao_sandbox.discord_form import DiscordError
from infra.kakao_sandbox.errors import KakaoError, LoginError, kakao_error_response, login_error_response
from infra.kakao_sandbox.page import STATIC
from infra.kakao_sandbox.settings import Clock, Settings, settings_of_environment, system_clock
from infra.kakao_sandbox.smtp_server import mail_served
from infra.kakao_sandbox.state import open_sandbox

# A name that another site points at this machine is not one of ours.
_HOSTS = ["127.0.0.1", "localhost"]


def create_app(
    folder: Path,
    settings: Settings | None = None,
    clock: Clock = system_clock,
    *,
    smtp_port: int | None = None,
    smtp_host: str = "127.0.0.1",
) -> FastAPI:
    """Build the sandbox on the state kept in `folder`.

    :param settings: without them, the services' own limits and the accounts named in the environment.
    :param smtp_port: where mail is taken while the application runs, 0 for any port; None for no mail. The port in use
        is `app.state.smtp_port`.
    :raises SettingError: there are no settings and the environment names no app.
    """
    sandbox = open_sandbox(folder, settings or settings_of_environment(), clock)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            stack.callback(sandbox.database.close)
            if smtp_port is not None:
                served = mail_served(sandbox, smtp_host, smtp_port)
                app.state.smtp_port = await stack.enter_async_context(served)
            await stack.enter_async_context(dealers_at_work(sandbox))
            yield

    # The generated documentation would load scripts from another host.
    app = BreakableApp(title="Messenger sandbox", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.sandbox = sandbox
    app.state.discord_buckets = {}
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=_HOSTS)
    app.add_exception_handler(KakaoError, kakao_error_response)
    app.add_exception_handler(LoginError, login_error_response)
    app.add_exception_handler(DiscordError, discord.discord_error_response)
    services = (oauth, talk, nhn, nhn_searches, solapi, solapi_searches, discord)
    for part in (*services, admin, dealers_admin, fault_admin, inbox):
        app.include_router(part.router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return app
