"""What NHN Cloud answers: codes, their words, instants, and the shapes of its JSON."""

import sqlite3
from datetime import datetime, timedelta, timezone
from typing import Any

from fastapi.responses import JSONResponse

# Korea has no summer time.
KOREA = timezone(timedelta(hours=9))
CHANNEL = "@지킴이은행"
_WORDS = {
    0: "SUCCESS",
    4: "The request is invalid.",
    -1000: "Invalid appKey.",
    -1001: "Invalid secretKey.",
    -1003: "Invalid Sms Sendno",
    -1005: "The same 'X-NC-API-IDEMPOTENCY-KEY' was used within the last 10 minute.",
    -1016: "It is not found any messages responding with that requestId or recipientSeq.",
    -1027: "The sender is blocked status.",
    -1031: "All of receivers are failed to send.",
    -2000: "The 'recipientGroupingKey' must be at less than or equal to 100.",
    -2017: "Not exist plus friend.",
    -2018: "Button parameter is invalid.",
    -2019: "The content that is replaced by the template parameters can not exceed 1,000 characters.",
    -2025: "You can not send messages on past dates. Please check `requestDate` again.",
    -2026: "You can not send messages after 90 days. Please check `requestDate` again.",
    -2027: "The 'requestDate' has invalid format.",
    -2502: "Please set up the plus-friend resend setting.",
    -3002: "Field is not valid.",
    -3003: "Template does not exist.",
    -3004: "Please check template parameter.",
    -3005: "Please check template status.",
    -3010: "The contents do not match the template.",
    -3053: "Invalid telephone number format. Must be digits/hyphens only, max 14 characters.",
    -4103: "RequestId or startRequestDate/endRequestDate is invalid.",
    -4200: "Resend Message is invalid.",
    -5000: "RecipientNo is invalid.",
    -7000: "Vender request API is failed.",
    -9994: "A method argument has not the expected type.",
    -9996: "Only application/json Content-type is supported.",
    -9999: "System error. Please inquire at support@toast.com.",
}
_RESULTS = {
    "1000": "성공",
    "3005": "메시지를 발송했으나 수신 확인 안 됨",
    "3012": "카카오 통신 실패",
    "3016": "메시지 내용이 템플릿과 일치하지 않음",
    "3018": "메시지를 전송할 수 없음",
    "3019": "카카오톡 유저가 아님",
    "3020": "알림톡 수신 차단",
    "4143": "만료된 요청",
}
_RESEND_NAMES = {"RSC01": "미대상", "RSC02": "대상", "RSC03": "발송 중", "RSC04": "발송 성공", "RSC05": "발송 실패"}


class NhnError(Exception):
    """NHN refuses, with HTTP 200 as it does; `message` is what it says besides."""

    def __init__(self, code: int, words: str = "", message: dict[str, Any] | None = None) -> None:
        super().__init__(words)
        self.body = {"header": header(code, words), "message": message}


def header(code: int = 0, words: str = "") -> dict[str, Any]:
    """Return the head of every answer."""
    return {"isSuccessful": code == 0, "resultCode": code, "resultMessage": words or words_of(code)}


def words_of(code: int) -> str:
    """Return the words that come with a code."""
    return _WORDS.get(code, f"Error {code}.")


def answer_code(code: int | str) -> JSONResponse:
    """Answer a code that was ordered."""
    return answer_error(NhnError(int(code)))


def answer_error(error: Exception) -> JSONResponse:
    """Answer a refusal, and a parameter that cannot be read."""
    return JSONResponse((error if isinstance(error, NhnError) else NhnError(-9994)).body)


def instant(seconds: float) -> str:
    """Return an instant as NHN writes it, in Korean time."""
    return f"{datetime.fromtimestamp(seconds, KOREA):%Y-%m-%d %H:%M:%S}"


def seconds(text: str) -> float | None:
    """Read an instant of a request, `yyyy-MM-dd HH:mm` in Korean time; None where it is none."""
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=KOREA).timestamp()
    except ValueError:
        return None


def result(row: sqlite3.Row) -> dict[str, Any]:
    """Say what is known of a message: the fields that every kind of search has."""
    state = resend_state(row)
    return {
        "requestId": row["request_id"],
        "recipientSeq": row["sequence"],
        "requestDate": instant(row["requested_at"]),
        "createDate": instant(row["created_at"]),
        "receiveDate": instant(row["updated_at"]) if row["code"] else None,
        "resendStatus": state,
        "resendStatusName": _RESEND_NAMES[state],
        "messageStatus": message_status(row["code"]),
        "resultCode": row["code"],
        "resultCodeName": _RESULTS.get(row["code"], "실패") if row["code"] else None,
    }


def resend(row: sqlite3.Row) -> dict[str, Any]:
    """Say what is known of the text message in its place."""
    request_id = f"{row['request_id']}R{row['sequence']}" if row["text_code"] else None
    return {"resendResultCode": row["text_code"], "resendRequestId": request_id}


def found(row: sqlite3.Row, sender_key: str) -> dict[str, Any]:
    """Describe a message with what it says and whom it is for."""
    return result(row) | {
        "plusFriendId": CHANNEL,
        "senderKey": sender_key,
        "templateCode": row["template"],
        "recipientNo": row["address"],
        "content": row["text"],
        "createUser": None,
        "senderGroupingKey": row["grouping_key"],
        "recipientGroupingKey": row["reference"],
    }


def message_status(code: str | None) -> str:
    """Return the status of a message; READY until something is known."""
    return {None: "READY", "1000": "COMPLETED"}.get(code, "FAILED")


def resend_state(row: sqlite3.Row) -> str:
    """Return how far the text message is."""
    if not row["text_kind"]:
        return "RSC01"
    if row["phase"] == "resending":
        return "RSC03"
    if row["text_code"] is None:
        return "RSC02"
    return "RSC04" if row["text_code"] == "1000" else "RSC05"
