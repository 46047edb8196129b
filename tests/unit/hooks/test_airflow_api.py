"""Airflow's API as a client sees it: logged in once, refusals as sentences, all pages of a list."""

import json
from datetime import UTC, datetime

import httpx
import pytest

from jikimi.exceptions import JikimiError, NotConfigured, ServiceUnavailable
from jikimi.hooks.airflow_api import AirflowApi

MAY, JULY = datetime(2018, 5, 1, tzinfo=UTC), datetime(2018, 7, 1, tzinfo=UTC)


@pytest.fixture
def airflow(monkeypatch, tmp_path):
    """Give a client whose answers a test decides, and the requests that it sent."""
    monkeypatch.setenv("JIKIMI_AIRFLOW_URL", "http://airflow.test/")
    monkeypatch.setenv("JIKIMI_HOME", str(tmp_path))
    for name in ("USER", "PASSWORD"):
        monkeypatch.delenv(f"JIKIMI_AIRFLOW_{name}", raising=False)
    monkeypatch.delenv("AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE", raising=False)
    (tmp_path / "airflow").mkdir()
    (tmp_path / "airflow" / "passwords.json").write_text('{"admin": "secret"}', encoding="utf-8")
    sent = []

    def make(answer):
        def handle(request):
            sent.append(request)
            if request.url.path == "/auth/token":
                known = json.loads(request.content) == {"username": "admin", "password": "secret"}
                return httpx.Response(201, json={"access_token": "token"}) if known else httpx.Response(401, json={})
            return answer(request)

        return AirflowApi(httpx.MockTransport(handle)), sent

    return make


def test_it_logs_in_once_as_the_user_of_airflows_own_file(airflow):
    api, sent = airflow(lambda request: httpx.Response(200, json={"is_paused": True}))
    assert api.is_paused("score_history") is api.is_paused("score_history") is True
    assert [request.url.path for request in sent] == ["/auth/token", *["/api/v2/dags/score_history"] * 2]
    assert sent[-1].headers["Authorization"] == "Bearer token"


def test_settings_go_before_the_file(airflow, monkeypatch):
    monkeypatch.setenv("JIKIMI_AIRFLOW_PASSWORD", "another")
    with pytest.raises(NotConfigured, match="does not let the user admin in"):
        airflow(None)[0].is_paused("score_history")


def test_without_a_login_it_says_what_to_set(airflow, tmp_path):
    api, _ = airflow(None)
    (tmp_path / "airflow" / "passwords.json").unlink()
    with pytest.raises(NotConfigured, match="JIKIMI_AIRFLOW_PASSWORD"):
        api.is_paused("score_history")


def test_without_an_address_it_says_what_to_set(monkeypatch):
    monkeypatch.delenv("JIKIMI_AIRFLOW_URL", raising=False)
    with pytest.raises(NotConfigured, match="JIKIMI_AIRFLOW_URL"):
        AirflowApi()


def test_a_backfill_has_the_conf_and_does_finished_runs_again(airflow):
    api, sent = airflow(lambda request: httpx.Response(200, json={"id": 4}))
    assert api.create_backfill("score_history", MAY, JULY, {"panel_id": 3}, 2) == 4
    assert json.loads(sent[-1].content) == {
        "dag_id": "score_history",
        "from_date": "2018-05-01T00:00:00+00:00",
        "to_date": "2018-07-01T00:00:00+00:00",
        "dag_run_conf": {"panel_id": 3},
        "reprocess_behavior": "completed",
        "max_active_runs": 2,
    }


@pytest.mark.parametrize(
    ("status", "detail", "error", "words"),
    [
        pytest.param(409, "There is already a running backfill", JikimiError, "already a running", id="conflict"),
        pytest.param(422, [{"msg": "No runs to create"}], JikimiError, "No runs to create", id="invalid"),
        pytest.param(404, None, JikimiError, "status 404", id="without words"),
        pytest.param(500, "what", ServiceUnavailable, "failed at POST", id="broken"),
    ],
)
def test_a_refusal_is_a_sentence(airflow, status, detail, error, words):
    api, _ = airflow(lambda request: httpx.Response(status, json={"detail": detail}))
    with pytest.raises(error, match=words):
        api.create_backfill("score_history", MAY, JULY, {}, 2)


def test_a_service_that_is_away_is_said_to_be(airflow):
    def refuse(request):
        raise httpx.ConnectError("connection refused")

    with pytest.raises(ServiceUnavailable, match="connection refused"):
        airflow(refuse)[0].backfills("score_history", 5)


def test_all_pages_of_runs_are_read(airflow):
    def pages(request):
        offset = int(request.url.params["offset"])
        runs = [{"dag_run_id": f"run {n}", "state": "success"} for n in range(offset, min(offset + 100, 130))]
        return httpx.Response(200, json={"dag_runs": runs, "total_entries": 130})

    api, sent = airflow(pages)
    assert len(api.run_states("score_history", MAY, JULY)) == 130
    assert sent[-1].url.params["run_type"] == "backfill"
