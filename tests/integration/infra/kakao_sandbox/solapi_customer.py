"""A customer of SOLAPI, and what it sends."""

from dataclasses import dataclass, field
from itertools import count
from typing import Any

import httpx

from infra.kakao_sandbox.settings import Settings
from infra.kakao_sandbox.solapi_signature import sign

TEMPLATE = "[#{bank}] 알림\n#{name}님, #{amount}이 결제됐습니다."
VARIABLES = {"#{bank}": "지킴이", "#{name}": "홍*동", "#{amount}": "1,000원"}
FILLED = "[지킴이] 알림\n홍*동님, 1,000원이 결제됐습니다."
ACCOUNT = {
    "solapi_api_key": "solapi-key",
    "solapi_api_secret": "solapi-secret",
    "templates": {"ALERT": TEMPLATE, "LONG": "#{text}", "MANY": "".join(f"#{{v{i}}}" for i in range(41))},
}
PF_ID = Settings.solapi_pf_id
NUMBER = "01000000001"


@dataclass
class Solapi:
    """A customer of SOLAPI."""

    app: Any
    salts: "count[int]" = field(default_factory=count)

    def signed(self, **changes: str) -> dict[str, str]:
        given = {"key": "solapi-key", "secret": "solapi-secret", "date": self.app.now.isoformat()}
        given |= {"salt": f"salt{next(self.salts):012}"} | changes
        signature = given.get("signature") or sign(given["secret"], given["date"], given["salt"])
        fields = f"apiKey={given['key']}, date={given['date']}, salt={given['salt']}, signature={signature}"
        return {"Authorization": f"HMAC-SHA256 {fields}"}

    def post(self, body: Any) -> httpx.Response:
        return self.app.client.post("/messages/v4/send-many/detail", headers=self.signed(), json=body)

    def send(self, *messages: Any, **changes: Any) -> dict[str, Any]:
        answer = self.post({"messages": list(messages), "showMessageList": True} | changes)
        assert answer.status_code == 200
        return answer.json()

    def get(self, path: str, **parameters: Any) -> dict[str, Any]:
        answer = self.app.client.get(path, headers=self.signed(), params=parameters)
        assert answer.status_code == 200
        return answer.json()

    def listed(self, **parameters: Any) -> list[dict[str, Any]]:
        return list(self.get("/messages/v4/list", **parameters)["messageList"].values())

    def states(self) -> list[tuple[str, str, bool]]:
        return [(one["statusCode"], one["type"], one["replacement"]) for one in self.listed()]

    def inbox(self) -> list[tuple[str, str, str]]:
        found = self.app.client.get("/admin/messages").json()
        return [(message["channel"], message["state"], message["text"]) for message in found]

    def order(self, **fate: Any) -> None:
        assert self.app.client.post("/admin/deliveries", json=fate).status_code == 200

    def fault(self, **fault: Any) -> None:
        assert self.app.client.post("/admin/faults", json={"target": "solapi"} | fault).status_code == 200


def message(number: Any = NUMBER, options: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    kakao = {"pfId": PF_ID, "templateId": "ALERT", "variables": VARIABLES, "disableSms": True}
    sent = {"to": number, "from": "15990000", "kakaoOptions": kakao | (options or {})}
    return sent | {"customFields": {"alertId": "a1b2c3d4"}} | changes


def refusals(answer: dict[str, Any]) -> list[str]:
    assert answer["groupInfo"]["count"]["registeredFailed"] == len(answer["failedMessageList"])
    return [failed["statusCode"] for failed in answer["failedMessageList"]]
