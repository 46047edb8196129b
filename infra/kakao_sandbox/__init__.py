"""A stand-in for KakaoTalk on this machine: its login, its message API, and an inbox page that shows what arrived."""
