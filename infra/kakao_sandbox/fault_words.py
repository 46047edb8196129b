"""What the page of faults says, in Korean and in English."""

from dataclasses import dataclass

from infra.kakao_sandbox import faults


@dataclass(frozen=True)
class Kind:
    """A kind of fault on the page.

    :param when: `before` anything was taken, `after` it was taken, or `partly`.
    :param fields: which of the form's fields it needs.
    """

    name: str
    korean: str
    english: str
    when: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class Target:
    """A service on the page."""

    name: str
    korean: str
    english: str

    @property
    def kinds(self) -> str:
        """The kinds that it knows, for the page's script."""
        return " ".join((*faults.ANYWHERE, *faults.TARGETS[self.name]))


# What dealers say of a message later, by dealer: code, Korean, English.
FATES = {
    "NHN": (
        ("1000", "도달", "delivered"),
        ("3018", "보낼 수 없음", "cannot be sent"),
        ("3019", "카카오톡 사용자 아님", "not a KakaoTalk user"),
        ("3020", "알림톡 차단", "Alimtalk blocked"),
        ("3016", "템플릿 불일치", "template mismatch"),
        ("3005", "확인되지 않음", "sent, not confirmed"),
    ),
    "SOLAPI": (
        ("4000", "도달", "delivered"),
        ("3103", "템플릿 불일치", "template mismatch"),
        ("3104", "카카오톡 사용자 아님", "not a KakaoTalk user"),
        ("3107", "알림톡 차단", "Alimtalk blocked"),
    ),
}
TARGETS = (
    Target("messages", "카카오톡 메시지", "KakaoTalk messages"),
    Target("token", "카카오 로그인", "Kakao login, tokens"),
    Target("token_info", "토큰 확인", "Access token info"),
    Target("friends", "친구 목록", "List of friends"),
    Target("nhn", "알림톡 · NHN", "Alimtalk over NHN Cloud"),
    Target("solapi", "알림톡 · SOLAPI", "Alimtalk over SOLAPI"),
    Target("discord", "Discord", "Discord webhooks"),
    Target("smtp", "이메일", "E-mail, SMTP"),
)
WHEN = {
    "before": ("받기 전", "Before anything is taken"),
    "after": ("받은 뒤", "After it was taken"),
    "partly": ("일부만", "Only some receivers"),
}
KINDS = (
    Kind("down", "서비스 중단", "Down: HTTP 503, SMTP 421", "before"),
    Kind("error", "오류 응답", "An error is answered", "before", ("status", "code", "receiver")),
    Kind("cut_before", "연결 끊김", "The connection breaks", "before"),
    Kind("expired_token", "토큰 만료", "The access token dies: -401", "before"),
    Kind("quota", "할당량 소진", "A daily quota is used up", "before", ("subject",)),
    Kind("timeout", "시간 초과", "Taken, answered much too late", "after", ("seconds",)),
    Kind("slow", "느린 응답", "Answered slowly", "after", ("seconds",)),
    Kind("cut", "응답 중 끊김", "Taken, the connection breaks in the answer", "after"),
    Kind("error_after", "받고도 오류", "Taken, an error is answered all the same", "after", ("status", "code")),
    Kind("lost_refresh", "새 토큰 분실", "Rotated, the new refresh token is lost", "after"),
    Kind("partial", "일부 실패", "The first receivers fail, others get it", "partly", ("failing", "status", "code")),
)
