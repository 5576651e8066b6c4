"""Secrets of second factors under which keys, and sealed anew: they lie as texts inside JSON that allauth owns."""

import base64
from collections import Counter
from collections.abc import Callable, Collection
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction

from leadline.accounts.second_factor import CONTEXT
from leadline.privacy.current_keys import CurrentCipher
from leadline.privacy.encryption import KEY_ID_BYTES

SEALED = ("secret", "seed", "migrated_codes")
"""What allauth encrypts: an app's secret, the seed of recovery codes, and codes of older versions (a list)."""


def second_factors_by_key() -> dict[bytes, int]:
    """How many secrets each key sealed, by the key's id."""
    datas = Authenticator.objects.values_list("data", flat=True).iterator()
    return dict(Counter(_key_of(text) for data in datas for text in _texts(data)))


def seal_second_factors_again(cipher: CurrentCipher, older: Collection[bytes], step: Callable[[int], None]) -> int:
    """Seal every secret anew whose key's id is among `older`. Returns how many were."""
    sealed = 0
    for number in list(Authenticator.objects.order_by("pk").values_list("pk", flat=True)):
        sealed += (count := _again(cipher, older, number))
        step(count)
    return sealed


@transaction.atomic
def _again(cipher: CurrentCipher, older: Collection[bytes], number: int) -> int:
    """The row is held meanwhile: a recovery code that is used up now stays used up."""
    row = Authenticator.objects.select_for_update().filter(pk=number).first()
    old = [text for text in _texts(row.data) if _key_of(text) in older] if row else []
    if row is None or not old:
        return 0
    fresh = {text: _sealed(cipher, text) for text in old}
    row.data = {name: _replaced(value, fresh) if name in SEALED else value for name, value in row.data.items()}
    row.save(update_fields=["data"])
    return len(old)


def _sealed(cipher: CurrentCipher, text: str) -> str:
    return base64.b64encode(cipher.seal(cipher.open(base64.b64decode(text), CONTEXT), CONTEXT)).decode()


def _replaced(value: Any, fresh: dict[str, str]) -> Any:
    return [fresh.get(each, each) for each in value] if isinstance(value, list) else fresh.get(value, value)


def _texts(data: dict[str, Any]) -> list[str]:
    found: list[str] = []
    for name in SEALED:
        value = data.get(name)
        found += value if isinstance(value, list) else [value] if value else []
    return found


def _key_of(text: str) -> bytes:
    """Nothing for what was never sealed."""
    try:
        return base64.b64decode(text)[:KEY_ID_BYTES]
    except ValueError:
        return b""
