"""The login server answers as KakaoTalk's does."""

from typing import Any

import pytest


def test_code_gives_both_tokens_and_works_once(app: Any) -> None:
    answer = app.grant()
    assert answer.status_code == 200
    fields = answer.json()
    assert fields | {"access_token": "", "refresh_token": ""} == {
        "token_type": "bearer",
        "access_token": "",
        "expires_in": 21599,
        "refresh_token": "",
        "refresh_token_expires_in": 5183999,
        "scope": "talk_message friends",
    }
    code = app.consent().headers["location"].partition("code=")[2]
    exchange = {"grant_type": "authorization_code", "code": code, "redirect_uri": "http://127.0.0.1/oauth"}
    assert app.token(**exchange).status_code == 200
    assert app.token(**exchange).json()["error_code"] == "KOE320"


def test_person_is_sent_back_with_the_state_and_may_refuse(app: Any) -> None:
    agreed = app.consent(state="a&b").headers["location"]
    assert agreed.startswith("http://127.0.0.1/oauth?code=")
    assert agreed.endswith("&state=a%26b")
    refused = app.consent(decision="refuse").headers["location"]
    assert "error=access_denied" in refused
    assert "code=" not in refused


@pytest.mark.parametrize(
    ("query", "code"),
    [
        pytest.param({"client_id": "other"}, "KOE101", id="app key"),
        pytest.param({"redirect_uri": "http://evil.example"}, "KOE006", id="redirect address"),
        pytest.param({"scope": "talk_message,calendar"}, "KOE205", id="scope"),
    ],
)
def test_page_of_a_wrong_app_offers_no_consent(app: Any, query: dict[str, str], code: str) -> None:
    asked = {"client_id": "app-key", "redirect_uri": "http://127.0.0.1/oauth", "response_type": "code"} | query
    answer = app.client.get("/oauth/authorize", params=asked)
    assert (answer.status_code, code in answer.text) == (400, True)
    assert app.consent(**query).json()["error_code"] == code


@pytest.mark.parametrize(
    ("fields", "code", "statuses"),
    [
        pytest.param({"client_id": "other"}, "KOE101", (400, 401), id="app key"),
        pytest.param({"client_secret": "other"}, "KOE010", (400, 401), id="secret"),
        pytest.param({"grant_type": "password"}, "KOE310", (400,), id="grant type"),
        pytest.param({"refresh_token": ""}, "KOE319", (400,), id="no refresh token"),
        pytest.param({"refresh_token": "other"}, "KOE322", (400,), id="unknown refresh token"),
        pytest.param({"grant_type": "authorization_code", "code": "other"}, "KOE320", (400,), id="unknown code"),
    ],
)
def test_token_requests_are_refused_with_kakaos_codes(
    app: Any, fields: dict[str, str], code: str, statuses: tuple[int, ...]
) -> None:
    answer = app.token(**({"grant_type": "refresh_token", "refresh_token": "x"} | fields))
    assert answer.status_code in statuses
    assert answer.json()["error_code"] == code
    assert set(answer.json()) == {"error", "error_description", "error_code"}


def test_code_is_bound_to_its_redirect_address(app: Any) -> None:
    code = app.consent().headers["location"].partition("code=")[2]
    answer = app.token(grant_type="authorization_code", code=code, redirect_uri="http://127.0.0.1/other")
    assert answer.json()["error_code"] == "KOE303"


def test_refresh_token_with_much_time_left_is_kept(app: Any) -> None:
    refresh_token = app.grant().json()["refresh_token"]
    answer = app.token(grant_type="refresh_token", refresh_token=refresh_token)
    assert set(answer.json()) == {"access_token", "token_type", "expires_in"}


def test_rotation_gives_a_new_refresh_token_and_kills_the_old_one(app: Any) -> None:
    old = app.grant().json()["refresh_token"]
    app.later(days=31)
    new = app.token(grant_type="refresh_token", refresh_token=old).json()["refresh_token"]
    assert app.token(grant_type="refresh_token", refresh_token=old).json()["error_code"] == "KOE322"
    assert app.token(grant_type="refresh_token", refresh_token=new).status_code == 200


def test_refresh_token_ends_after_sixty_days(app: Any) -> None:
    refresh_token = app.grant().json()["refresh_token"]
    app.later(days=60)
    assert app.token(grant_type="refresh_token", refresh_token=refresh_token).json()["error_code"] == "KOE322"


def test_tokens_are_rationed(app: Any) -> None:
    refresh_token = app.grant().json()["refresh_token"]
    codes = [
        app.token(grant_type="refresh_token", refresh_token=refresh_token).json().get("error_code") for _ in range(20)
    ]
    assert codes == [None] * 19 + ["KOE237"]
    app.later(minutes=11)
    assert app.token(grant_type="refresh_token", refresh_token=refresh_token).status_code == 200


def test_token_says_whose_it_is_until_it_ends(sender: Any) -> None:
    answer = sender.call("GET", "/v1/user/access_token_info")
    assert answer.json() == {"id": 1000000001, "expires_in": 21600, "app_id": 1}
    sender.later(hours=6)
    ended = sender.call("GET", "/v1/user/access_token_info")
    assert (ended.status_code, ended.json()) == (401, {"msg": "this access token is already expired", "code": -401})
    assert "error=invalid_token" in ended.headers["www-authenticate"]


@pytest.mark.parametrize(
    "header", [pytest.param({}, id="none"), pytest.param({"Authorization": "Basic x"}, id="basic")]
)
def test_malformed_authorization_is_a_bad_parameter(app: Any, header: dict[str, str]) -> None:
    answer = app.client.get("/v1/user/access_token_info", headers=header)
    assert (answer.status_code, answer.json()["code"]) == (400, -2)


def test_tokens_survive_a_restart_but_serve_no_other_app(sender: Any) -> None:
    sender.open()
    assert sender.memo().status_code == 200
    sender.open(app_key="other-key")
    assert sender.memo().json() == {"msg": "this access token does not exist", "code": -401}
