"""The letter to a customer: what each channel's message says."""

from collections.abc import Mapping
from datetime import tzinfo
from typing import Final

from ml.messages.euc_kr import euc_kr_length, to_euc_kr
from ml.messages.facts import AlertFacts, Letter
from ml.messages.figures import amount_text, local_time, short_amount_text
from ml.messages.fitting import Medium, write
from ml.messages.harmless import for_discord, for_mail, harmless
from ml.messages.masking import mask_card, mask_name
from ml.messages.templates import fill, words
from ml.plain_text import clip

MAX_LENGTH: Final = 200
"""Characters of a KakaoTalk text, in UTF-16 units, the narrowest reading."""
LONGEST_BANK: Final = 60
LONGEST_CARD: Final = 24


def write_letter(channel: str, facts: AlertFacts, bank: str, zone: tzinfo, language: str = "ko") -> Letter:
    """Return the message for a channel, within all of its limits.

    Where it is too long, the merchant gives way first, then the name, then the bank; the reference never.

    :param channel: `alimtalk`, `kakao_friends`, `kakao_memo`, `email` or `discord`.
    :param zone: in which the customer reads the time.
    :param language: `ko` or `en`.
    :raises ValueError: there is no such channel or language, or `occurred_at` has no zone.
    """
    if channel not in MEDIA:
        raise ValueError(f"there is no message for the channel {channel!r}, only for {', '.join(MEDIA)}")
    said = words("words", language)
    known = _known(facts, bank, zone, language)
    name = f"{'alert_more' if facts.more else 'alert'}.{language}"
    text, values = write(MEDIA[channel], name, language, known)
    if channel == "alimtalk":
        sms, lms = (write(medium, name, language, known)[0] for medium in (SMS, LMS))
        return Letter(text, said["title"], values, name, sms, lms)
    if channel == "email":
        subject = fill(said["subject"], {**known, "bank": clip(known["bank"], LONGEST_BANK)})
        return Letter(text, subject, template=name, html=for_mail(text, language))
    return Letter(text, template=name)


def _known(facts: AlertFacts, bank: str, zone: tzinfo, language: str) -> Mapping[str, str]:
    """Return what is known, as the language writes it; empty where it is not."""
    if facts.occurred_at.tzinfo is None:
        raise ValueError("occurred_at needs a zone, or nobody knows which time the customer should read")
    card = mask_card(facts.card or "")
    card = card if len(card) <= LONGEST_CARD else ""
    return {
        "bank": harmless(bank),
        "name": harmless(mask_name(facts.customer_name or "")),
        "time": local_time(facts.occurred_at.astimezone(zone), language),
        "card": card,
        "card_end": card and "*" + card.replace("-", "")[-4:],
        "amount": amount_text(facts.amount, facts.currency, language),
        "short_amount": short_amount_text(facts.amount, facts.currency, language),
        "merchant": harmless(facts.merchant or ""),
        "reference": harmless(facts.reference),
        "more": f"{facts.more:,}",
    }


def _for_phones(text: str) -> str:
    # Once more harmless: a sign that EUC-KR lacks may stand for a dot.
    return harmless(to_euc_kr(text))


KAKAO: Final = Medium("kakao", MAX_LENGTH, has_fixed_lines=False)
SMS: Final = Medium("sms", 90, euc_kr_length, _for_phones, has_fixed_lines=False)
LMS: Final = Medium("alimtalk", 2000, euc_kr_length, _for_phones)
MEDIA: Final[Mapping[str, Medium]] = {
    "alimtalk": Medium("alimtalk", 1000),
    "kakao_friends": KAKAO,
    "kakao_memo": KAKAO,
    "email": Medium("alimtalk", 5000),
    "discord": Medium("alimtalk", 2000, quote=for_discord),
}
