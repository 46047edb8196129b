"""The invented names and the real places of the simulated country."""

from typing import NamedTuple


class City(NamedTuple):
    """A city: its middle in degrees, and how many people live there (in ten thousands)."""

    korean: str
    latitude: float
    longitude: float
    weight: float


class Category(NamedTuple):
    """What a merchant sells, and how dear that is compared with a customer's average purchase."""

    name: str
    korean: str
    factor: float


CITIES = (
    City("강남", 37.4979, 127.0276, 160),
    City("종로", 37.5704, 126.9922, 150),
    City("잠실", 37.5133, 127.1001, 160),
    City("홍대", 37.5563, 126.9220, 150),
    City("수원", 37.2636, 127.0286, 120),
    City("성남", 37.4200, 127.1265, 92),
    City("인천", 37.4563, 126.7052, 295),
    City("춘천", 37.8813, 127.7298, 28),
    City("대전", 36.3504, 127.3845, 145),
    City("청주", 36.6424, 127.4890, 85),
    City("전주", 35.8242, 127.1480, 65),
    City("광주", 35.1595, 126.8526, 143),
    City("대구", 35.8714, 128.6014, 237),
    City("울산", 35.5384, 129.3114, 110),
    City("부산", 35.1796, 129.0756, 331),
    City("제주", 33.4996, 126.5312, 49),
)

CATEGORIES = (
    Category("convenience_store", "편의점", 0.7),
    Category("cafe", "카페", 0.7),
    Category("bakery", "베이커리", 0.8),
    Category("restaurant", "식당", 1.0),
    Category("supermarket", "마트", 1.1),
    Category("pharmacy", "약국", 0.8),
    Category("bookstore", "서점", 0.9),
    Category("clothing", "의류", 1.2),
    Category("cosmetics", "화장품", 1.1),
    Category("electronics", "전자", 1.3),
    Category("fuel", "주유소", 1.2),
    Category("online_shop", "온라인몰", 1.1),
)

# Words, not companies: no merchant of the simulation is a real one.
BRANDS = (
    "한빛", "새벽", "푸른", "달빛", "나루", "가온", "다솜", "미르", "아람", "누리", "해오름", "소담", "온새미", "라온",
    "단비", "초롱", "솔바람", "은하수", "무지개", "하늘", "보람", "이슬", "바다", "산들", "물결",
    "꽃마루", "별내", "두루",
)  # fmt: skip

SURNAMES = ("김", "이", "박", "최", "정", "강", "조", "윤", "장", "임", "한", "오", "서", "신", "권", "황", "안", "송")
GIVEN_NAMES = (
    "민준", "서연", "도윤", "지우", "하은", "시우", "서현", "예준", "수아", "주원", "지호", "윤서", "민서", "채원",
    "준서", "지민", "현우", "유진", "건우", "은지", "성민", "혜진", "동현", "미경", "영수", "정희", "재훈", "수빈",
)  # fmt: skip
ENGLISH_GIVEN_NAMES = ("Emma", "Liam", "Olivia", "Noah", "Mia", "Lucas", "Ava", "Ethan", "Grace", "Daniel")
ENGLISH_SURNAMES = ("Carter", "Novak", "Silva", "Meyer", "Rossi", "Dubois", "Hansen", "Walker", "Costa", "Nguyen")
