"""A customer of NHN Cloud, and what it sends."""

from dataclasses import dataclass
from typing import Any

TEMPLATE = "[#{bank}] 알림\n#{name}님, #{amount}이 결제됐습니다."
VALUES = {"bank": "지킴이", "name": "홍*동", "amount": "1,000원"}
SENDER = "5" * 40
RESEND = {"isResend": True, "resendType": "SMS", "resendContent": "[지킴이] 확인", "resendSendNo": "1599-0000"}
NUMBER = "01000000001"


@dataclass
class Nhn:
    """A customer of NHN Cloud."""

    app: Any
    secret: str = "nhn-secret"
    app_key: str = "nhn-app"

    def post(self, body: Any, key: str | None = None) -> dict[str, Any]:
        headers = {"X-Secret-Key": self.secret} | ({"X-NC-API-IDEMPOTENCY-KEY": key} if key else {})
        answer = self.app.client.post(self._path("messages"), headers=headers, json=body)
        assert answer.status_code == 200
        return answer.json()

    def send(self, *recipients: Any, key: str | None = None, **changes: Any) -> dict[str, Any]:
        body = {"senderKey": SENDER, "templateCode": "ALERT", "recipientList": list(recipients)}
        return self.post(body | changes, key)

    def get(self, path: str, **parameters: Any) -> dict[str, Any]:
        headers = {"X-Secret-Key": self.secret}
        answer = self.app.client.get(self._path(path), headers=headers, params=parameters)
        assert answer.status_code == 200
        return answer.json()

    def state(self, answer: dict[str, Any], sequence: int = 1) -> tuple[str, str, str | None]:
        found = self.get(f"messages/{answer['message']['requestId']}/{sequence}")["message"]
        return found["messageStatus"], found["resendStatus"], found["resultCode"]

    def inbox(self) -> list[tuple[str, str, str]]:
        found = self.app.client.get("/admin/messages").json()
        return [(message["channel"], message["state"], message["text"]) for message in found]

    def order(self, **fate: Any) -> None:
        assert self.app.client.post("/admin/deliveries", json=fate).status_code == 200

    def fault(self, **fault: Any) -> None:
        assert self.app.client.post("/admin/faults", json={"target": "nhn"} | fault).status_code == 200

    def _path(self, path: str) -> str:
        return f"/alimtalk/v2.3/appkeys/{self.app_key}/{path}"


def recipient(number: str = NUMBER, **changes: Any) -> dict[str, Any]:
    return {"recipientNo": number, "templateParameter": VALUES, "recipientGroupingKey": "a1b2c3d4"} | changes


def code_of(answer: dict[str, Any]) -> int:
    assert answer["header"]["isSuccessful"] == (answer["header"]["resultCode"] == 0)
    return answer["header"]["resultCode"]


def codes_of(answer: dict[str, Any]) -> list[int]:
    return [result["resultCode"] for result in answer["message"]["sendResults"]]
