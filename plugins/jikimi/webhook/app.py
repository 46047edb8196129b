"""The application that Airflow's api-server mounts; it has a door of its own, Airflow's login is not asked."""

from fastapi import FastAPI

from jikimi.webhook import nhn


def create_app() -> FastAPI:
    """Build it; nothing is asked of anybody until a request comes."""
    app = FastAPI(title="Jikimi's delivery reports", docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(nhn.router)
    app.add_api_route("/reports/health", _health, methods=["GET"])
    return app


async def _health() -> dict[str, str]:
    """Say that the door is there."""
    return {"status": "up"}
