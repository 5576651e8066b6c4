"""The browsers people use."""

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Device:
    """A browser, as its requests present it."""

    user_agent: str
    mobile: bool


_WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64"
_MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)"
_IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X)"
_ANDROID = "Mozilla/5.0 (Linux; Android 10; K)"
_BLINK = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0"
_WEBKIT = "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1"

# (user agent, share)
_DESKTOPS: tuple[tuple[str, int], ...] = (
    (f"{_WINDOWS}) {_BLINK} Safari/537.36", 48),
    (f"{_MAC} {_BLINK} Safari/537.36", 22),
    (f"{_MAC} {_WEBKIT} Safari/605.1.15", 14),
    (f"{_WINDOWS}; rv:145.0) Gecko/20100101 Firefox/145.0", 9),
    (f"{_WINDOWS}) {_BLINK} Safari/537.36 Edg/142.0.0.0", 7),
)
_PHONES: tuple[tuple[str, int], ...] = (
    (f"{_IPHONE} {_WEBKIT} Mobile/15E148 Safari/604.1", 60),
    (f"{_ANDROID} {_BLINK} Mobile Safari/537.36", 40),
)


def device(rng: Random, mobile: bool | None = None) -> Device:
    """A browser drawn by market share; a telephone in one of five when `mobile` is not said."""
    on_phone = rng.random() < 0.2 if mobile is None else mobile
    agents = _PHONES if on_phone else _DESKTOPS
    return Device(rng.choices([row[0] for row in agents], [row[1] for row in agents])[0], on_phone)
