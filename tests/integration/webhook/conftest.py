"""The application as Airflow's api-server mounts it."""

import pytest
from airflow.api_fastapi.app import init_plugins
from fastapi import FastAPI
from fastapi.testclient import TestClient

SECRET = "the-secret-of-the-console"


@pytest.fixture
def mounted(database, monkeypatch):
    """A server with what plugins bring, mounted by Airflow itself."""
    monkeypatch.setenv("JIKIMI_DATABASE_URL", database)
    monkeypatch.setenv("JIKIMI_WEBHOOK_SECRET", SECRET)
    server = FastAPI()
    init_plugins(server)
    return server


@pytest.fixture
def client(mounted):
    return TestClient(mounted, raise_server_exceptions=False)
