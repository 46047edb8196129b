"""The application as Airflow's api-server mounts it."""

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from jikimi.airflow_plugin import JikimiPlugin

SECRET = "the-secret-of-the-console"


@pytest.fixture
def mounted(database, monkeypatch):
    """A server with our applications where the plugin wants them."""
    monkeypatch.setenv("JIKIMI_DATABASE_URL", database)
    monkeypatch.setenv("JIKIMI_WEBHOOK_SECRET", SECRET)
    server = FastAPI()
    for each in JikimiPlugin.fastapi_apps:
        server.mount(each["url_prefix"], each["app"])
    return server


@pytest.fixture
def client(mounted):
    return TestClient(mounted, raise_server_exceptions=False)
