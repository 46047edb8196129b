"""What SOLAPI answers: errors, status codes with their words, messages, and groups with their counts."""

import json
import sqlite3
from datetime import UTC, datetime
from typing import Any

from fastapi.responses import JSONResponse

ACCOUNT = "26112800000000"
# Won for one message.
PRICES = {"ATA": 13.0, "SMS": 18.0, "LMS": 45.0}
KINDS = ("sms", "lms", "mms", "ata", "cta", "cti", "nsa", "rcs_sms", "rcs_lms", "rcs_mms", "rcs_tpl")
_WORDS = {
    "1010": "필수 입력 값 미입력",
    "1011": "Format Error",
    "1024": "서버 오류",
    "1025": "잘못된 메시지 타입",
    "1026": "중복 수신번호",
    "1029": "EUC-KR(완성형 한글) 범위 안에 있는 문자만 사용합니다.",
    "1030": "잔액 부족",
    "1031": "SMS는 90byte LMS는 2000byte ATA는 1000자까지 사용 가능합니다.",
    "1032": "유효한 커스텀 필드 값이 아닙니다.",
    "1041": "유효한 플러스 친구 값이 아닙니다.",
    "1042": "유효한 템플릿 아이디가 아닙니다.",
    "1043": "등록한 템플릿과 내용이 다릅니다.",
    "1062": "발신번호 미등록",
    "2000": "정상 접수(이통사로 접수 예정)",
    "3000": "이통사로 접수(리포트를 기다리는 중)",
    "3047": "착신거절",
    "3103": "메시지와 템플릿 불일치",
    "3104": "카카오톡 미사용자",
    "3107": "알림톡 차단한 사용자",
    "4000": "수신 완료",
}


class SolapiError(Exception):
    """SOLAPI refuses a request as a whole."""

    def __init__(self, code: str, words: str, status: int = 400) -> None:
        super().__init__(words)
        self.status = status
        self.body = {"errorCode": code, "errorMessage": words}


def answer_code(code: int | str) -> JSONResponse:
    """Answer a code that was ordered."""
    return answer_error(SolapiError(str(code), f"{code}: ordered."))


def answer_error(error: Exception) -> JSONResponse:
    """Answer a refusal, and a parameter that cannot be read."""
    refusal = (
        error if isinstance(error, SolapiError) else SolapiError("ValidationError", "요청 값이 올바르지 않습니다.")
    )
    return JSONResponse(refusal.body, refusal.status)


def words_of(code: str) -> str:
    """Return the words that come with a status code."""
    return _WORDS.get(code, "전송 실패")


def instant(seconds: float) -> str:
    """Return an instant as SOLAPI writes it, in UTC."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def status_code(row: sqlite3.Row) -> str:
    """Return the code of a message; while a text message is on its way in its place, that of KakaoTalk's refusal."""
    if row["code"]:
        return str(row["code"])
    return "2000" if row["phase"] == "taken" else "3000"


def is_replaced(row: sqlite3.Row) -> bool:
    """Say whether a text message took its place."""
    return bool(row["text_kind"]) and row["kind"] != "ATA"


def message(row: sqlite3.Row) -> dict[str, Any]:
    """Describe a message as the lists do."""
    code, is_text = status_code(row), is_replaced(row)
    known_at = instant(row["updated_at"]) if row["code"] else None
    return {
        "_id": row["message_id"],
        "messageId": row["message_id"],
        "groupId": row["request_id"],
        "accountId": ACCOUNT,
        "type": row["kind"],
        "country": "82",
        "to": row["address"],
        "from": row["text_sender"] if is_text else row["sender"],
        "subject": row["text_subject"] if is_text else None,
        "text": row["text_body"] if is_text else row["text"],
        "imageId": None,
        "kakaoOptions": {"templateId": row["template"], "disableSms": not row["text_kind"], "buttons": []},
        "customFields": json.loads(row["reference"] or "{}"),
        "statusCode": code,
        "statusMessage": words_of(code),
        "replacement": is_text,
        "autoTypeDetect": True,
        "networkName": "KAKAO" if row["kind"] == "ATA" else "ETC",
        "networkCode": None,
        "reason": None,
        "log": [],
        "dateCreated": instant(row["created_at"]),
        "dateUpdated": instant(row["updated_at"]),
        "dateProcessed": None if code == "2000" else instant(row["updated_at"]),
        "dateReported": known_at,
        "dateReceived": known_at if code == "4000" else None,
    }


def group(row: sqlite3.Row) -> dict[str, Any]:
    """Describe a group with the counts of its messages."""
    pending = row["pending"]
    charged = {kind: {"82": row[kind]} if kind in ("sms", "lms", "ata") and row[kind] else {} for kind in KINDS}
    requested, replaced, refund = (row[name] or 0.0 for name in ("requested", "replaced_cost", "refund_cost"))
    created = instant(row["created_at"])
    return {
        "count": {
            "total": row["total"],
            "sentTotal": row["sent"],
            "sentFailed": row["failed"],
            "sentSuccess": row["succeeded"],
            "sentPending": pending,
            "sentReplacement": row["replaced"],
            "refund": row["refunded"],
            "registeredFailed": row["refused"],
            "registeredSuccess": row["total"] - row["refused"],
        },
        "countForCharge": charged,
        "balance": _cash(requested, replaced, refund),
        "point": _cash(0.0, 0.0, 0.0),
        "app": {"profit": dict.fromkeys(KINDS, 0), "appId": None, "version": None},
        "log": [{"createAt": created, "message": "메시지 그룹이 생성되었습니다."}],
        "status": "SENDING" if pending else "COMPLETE",
        "allowDuplicates": bool(row["allows_copies"]),
        "isRefunded": bool(row["refunded"]),
        "accountId": ACCOUNT,
        "masterAccountId": None,
        "apiVersion": "4",
        "_id": row["request_id"],
        "groupId": row["request_id"],
        "price": {"82": {kind.lower(): price for kind, price in PRICES.items()}},
        "dateCreated": created,
        "dateUpdated": instant(row["updated_at"] or row["created_at"]),
        "dateSent": instant(row["requested_at"]),
        "dateCompleted": None if pending else instant(row["updated_at"] or row["created_at"]),
        "scheduledDate": None,
    }


def _cash(requested: float, replacement: float, refund: float) -> dict[str, float]:
    total = requested + replacement - refund
    return {"requested": requested, "replacement": replacement, "refund": refund, "sum": total}
