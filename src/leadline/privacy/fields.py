"""Model fields that are encrypted at rest, and the keyed hasher of this installation."""

import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import models

from leadline.kernel.errors import TerminalError
from leadline.privacy.current_keys import CurrentCipher, CurrentKeys
from leadline.privacy.lookup import LookupHasher
from leadline.privacy.lookup_key import lookup_key
from leadline.privacy.sight import masked, sight

FIELDS = "fields"
"""The purpose that the keys of sealed fields are derived for."""


@lru_cache(maxsize=1)
def field_cipher() -> CurrentCipher:
    """The cipher of sealed fields."""
    return CurrentCipher(CurrentKeys(settings.DATA, FIELDS))


@lru_cache(maxsize=1)
def lookup_hasher() -> LookupHasher:
    """The hasher of look-ups. Its key stays, whatever becomes of the master keys."""
    return LookupHasher(lookup_key(settings.DATA))


class MaskedWriteError(TerminalError):
    """Personal data can't be written by whoever may not see it: what they hold of it is a mask."""

    code = "masked_write"


class SealedJSONField(models.BinaryField):  # type: ignore[type-arg]  # BinaryField takes none at run time
    """A JSON value, encrypted. It cannot be searched; what must be found has a keyed hash beside it.

    Args:
        mask: what whoever may not see people's data reads instead (privacy/sight.py); None where it says nothing of
            leads, such as a connection's secrets.
    """

    def __init__(self, *args: Any, mask: Callable[[Any], Any] | None = masked, **options: Any) -> None:
        super().__init__(*args, **options)
        self._mask = mask

    def get_prep_value(self, value: Any) -> Any:
        """Seal what goes into the database.

        Raises:
            MaskedWriteError: whoever writes sees a mask in its place.
        """
        if value is None:
            return None
        if self._mask is not None and not sight().people:
            raise MaskedWriteError("Who leads are is masked for you, so it can't be changed.")
        return field_cipher().seal(json.dumps(value, separators=(",", ":")).encode(), self.context)

    def from_db_value(self, value: Any, expression: object, connection: object) -> Any:  # noqa: ARG002  # Django's signature
        """Open what comes from the database; what is masked is opened too, to keep its shape."""
        if value is None:
            return None
        opened = json.loads(field_cipher().open(bytes(value), self.context))
        return opened if self._mask is None or sight().people else self._mask(opened)

    def to_python(self, value: Any) -> Any:
        """JSON values need no conversion."""
        return value

    @property
    def context(self) -> bytes:
        """What its values are sealed for: nothing else opens them."""
        return f"{self.model._meta.label_lower}.{self.attname}".encode()
