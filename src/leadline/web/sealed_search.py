"""What somebody searched for, as it stands in an address: sealed, since it may name a person and addresses are kept in
histories and in the logs of proxies.

The same search has the same address (AES-SIV, RFC 5297), so that it can be kept as a bookmark and recognised as the one
of a saved view. After secret keys were retired an old address finds nobody; it is searched for as it stands.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.conf import settings

from leadline.privacy.keys import derive_keys

PURPOSE = "search"
MARK = "~"
CONTEXT = [b"web.search"]


def sealed(search: str) -> str:
    """For an address; nothing for nothing."""
    if not search:
        return ""
    return MARK + urlsafe_b64encode(_ciphers()[0].encrypt(search.encode(), CONTEXT)).decode().rstrip("=")


def opened(value: str) -> str:
    """What an address says; what is not sealed was typed and stands for itself."""
    if not value.startswith(MARK):
        return value
    try:
        packed = urlsafe_b64decode(value[len(MARK) :] + "==")
    except (Error, ValueError):
        return value
    return next((text for cipher in _ciphers() if (text := _open(cipher, packed)) is not None), value)


def _ciphers() -> list[AESSIV]:
    """The newest first."""
    return [AESSIV(key) for key in derive_keys(settings.DATA, PURPOSE)]


def _open(cipher: AESSIV, packed: bytes) -> str | None:
    try:
        return cipher.decrypt(packed, CONTEXT).decode()
    except (InvalidTag, ValueError):
        return None
