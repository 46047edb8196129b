"""A stand-in on this machine for KakaoTalk, two Alimtalk dealers, Discord and a mail server, with an inbox page."""
