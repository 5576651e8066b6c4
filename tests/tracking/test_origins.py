"""Which texts are web origins, and how they are written."""

import pytest

from leadline.kernel.errors import ConfigurationError
from leadline.tracking.origins import canonical_origin, canonical_origins


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("https://example.com", "https://example.com"),
        (" HTTPS://Example.COM/ ", "https://example.com"),
        ("https://example.com:443", "https://example.com"),
        ("http://example.com:443", "http://example.com:443"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("https://*.example.com", "https://*.example.com"),
        ("https://*.shop.example.co.uk:8443", "https://*.shop.example.co.uk:8443"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("https://*.bücher.example", "https://*.xn--bcher-kva.example"),
    ],
)
def test_as_browsers_send_it(given: str, written: str) -> None:
    assert canonical_origin(given) == written
    assert canonical_origin(written) == written


@pytest.mark.parametrize(
    "given",
    [
        "example.com",
        "//example.com",
        "*",
        "null",
        "https://*",
        "https://*.com",
        "https://www.*.com",
        "https://*example.com",
        "https://example.com/path",
        "https://example.com?x=1",
        "https://example.com#x",
        "https://user@example.com",
        "https://exa mple.com",
        "https://example..com",
        "https://-example.com",
        "https://example.com:port",
        "https://example.com:99999",
        "ftp://example.com",
        "javascript:alert(1)",
        "",
    ],
)
def test_what_is_no_origin(given: str) -> None:
    with pytest.raises(ConfigurationError, match="no web origin"):
        canonical_origin(given)


def test_each_once_in_their_order() -> None:
    assert canonical_origins(["https://b.example", "", "https://a.example", "https://B.example/"]) == [
        "https://b.example",
        "https://a.example",
    ]
