"""Airflow's whole api-server, its middlewares and pages around ours: nobody is asked to log in, or served a page."""

import pytest
from airflow.api_fastapi.app import create_app, purge_cached_app
from fastapi.testclient import TestClient

from tests.integration.webhook.conftest import SECRET


@pytest.fixture
def server(mounted):
    yield TestClient(create_app("core"), raise_server_exceptions=False)
    purge_cached_app()


def test_airflow_leaves_this_door_to_us(server):
    body = {"event": "MESSAGE_RESULT_UPDATE", "hooks": []}
    signed = {"X-Toast-Webhook-Signature": SECRET}
    assert server.get("/jikimi/reports/health").json() == {"status": "up"}
    assert server.post("/jikimi/reports/nhn", json=body).status_code == 401
    assert server.post("/jikimi/reports/nhn", json=body, headers=signed).json() == {"taken": 0, "ignored": 0}
    assert server.get("/api/v2/dags").status_code == 401
    server.cookies.set("_token", "of a login that is over")
    assert server.post("/jikimi/reports/nhn", json=body, headers=signed).status_code == 200
