"""Model fields that are encrypted at rest, and the keyed hasher of this installation."""

import json
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import models

from leadline.privacy.encryption import FieldCipher
from leadline.privacy.keys import derive_key, derive_keys, load_master_keys
from leadline.privacy.lookup import LookupHasher


@lru_cache(maxsize=1)
def field_cipher() -> FieldCipher:
    """The cipher of sealed fields."""
    return FieldCipher(derive_keys(settings.DATA, "fields"))


@lru_cache(maxsize=1)
def lookup_hasher() -> LookupHasher:
    """The hasher of look-ups. Its key is the oldest, so that adding a newer one moves no digest."""
    return LookupHasher(derive_key(load_master_keys(settings.DATA)[-1], "lookup"))


class SealedJSONField(models.BinaryField):  # type: ignore[type-arg]  # BinaryField takes none at run time
    """A JSON value, encrypted. It cannot be searched; what must be found has a keyed hash beside it."""

    def get_prep_value(self, value: Any) -> Any:
        """Seal what goes into the database."""
        if value is None:
            return None
        return field_cipher().seal(json.dumps(value, separators=(",", ":")).encode(), self._context())

    def from_db_value(self, value: Any, expression: object, connection: object) -> Any:  # noqa: ARG002  # Django's signature
        """Open what comes from the database."""
        return None if value is None else json.loads(field_cipher().open(bytes(value), self._context()))

    def to_python(self, value: Any) -> Any:
        """JSON values need no conversion."""
        return value

    def _context(self) -> bytes:
        return f"{self.model._meta.label_lower}.{self.attname}".encode()
