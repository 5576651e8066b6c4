"""What the environment tells a collector beside its command line."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

from leadline.kernel.errors import ConfigurationError

Network = IPv4Network | IPv6Network


@dataclass(frozen=True)
class CollectorOptions:
    """What may be set.

    Attributes:
        trusted_proxies: networks of proxies whose X-Forwarded-For is believed.
        analytics_js: the `dist/umd` folder of npm's @segment/analytics-next, served to pages with Segment's snippet.
    """

    trusted_proxies: Sequence[Network] = ()
    analytics_js: Path | None = None


def options_from_environment() -> CollectorOptions:
    """The options that LEADLINE_TRUSTED_PROXIES and LEADLINE_ANALYTICS_JS give.

    Raises:
        ConfigurationError: a network that is none, or a folder without `standalone.js`.
    """
    return CollectorOptions(trusted_proxies(), _scripts(_setting("ANALYTICS_JS")))


def trusted_proxies() -> tuple[Network, ...]:
    """The networks that LEADLINE_TRUSTED_PROXIES names.

    Raises:
        ConfigurationError: a network that is none.
    """
    return tuple(_network(word) for word in _setting("TRUSTED_PROXIES").split())


def _setting(name: str) -> str:
    if file := os.environ.get(f"LEADLINE_{name}_FILE"):
        return Path(file).read_text().strip()
    return os.environ.get(f"LEADLINE_{name}", "").strip()


def _network(word: str) -> Network:
    try:
        return ip_network(word, strict=False)
    except ValueError:
        raise ConfigurationError(
            f"LEADLINE_TRUSTED_PROXIES: {word!r} is neither an address nor a network.",
            advice="Separate them by white space: 10.0.0.0/8 192.0.2.7",
        ) from None


def _scripts(text: str) -> Path | None:
    if not text:
        return None
    if not (Path(text) / "standalone.js").is_file():
        raise ConfigurationError(
            f"LEADLINE_ANALYTICS_JS: {text} holds no standalone.js.",
            advice="Name the folder dist/umd of npm's @segment/analytics-next.",
        )
    return Path(text)
