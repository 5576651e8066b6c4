"""An installation that keeps its secret keys in its own folder, and everything in it that is sealed, opened."""

import base64
from pathlib import Path
from typing import Any

from allauth.mfa.models import Authenticator
from django.apps import apps
from pipeline_cast import Installation

from leadline.accounts.second_factor import CONTEXT
from leadline.eventstore import filekey
from leadline.pipeline.key_rotation.holdings import Held, held
from leadline.privacy.current_keys import CurrentCipher, CurrentKeys
from leadline.privacy.fields import FIELDS, SealedJSONField, field_cipher, lookup_hasher
from leadline.privacy.keys import derive_keys, load_master_keys


def forget_keys() -> None:
    """As a new process: what is kept of keys is read anew."""
    field_cipher.cache_clear()
    lookup_hasher.cache_clear()


def opened(data: Path) -> dict[str, Any]:
    """All values of all sealed fields, second factors, the event store's key and a digest."""
    forget_keys()
    found: dict[str, Any] = {}
    for model in apps.get_models():
        names = [each.attname for each in model._meta.local_concrete_fields if isinstance(each, SealedJSONField)]
        if names:
            found[model._meta.label] = list(model._default_manager.order_by("pk").values_list("pk", *names))
    cipher = CurrentCipher(CurrentKeys(data, FIELDS))
    datas = Authenticator.objects.order_by("pk").values_list("data", flat=True)
    found["factors"] = [cipher.open(base64.b64decode(each["seed"]), CONTEXT) for each in datas]
    found["events"] = filekey.read(data / filekey.FILE_NAME, derive_keys(data, "event-store"))
    found["digest"] = lookup_hasher().digest("email", "ada@example.com")
    return found


def older(place: Installation) -> list[Held]:
    """What is not sealed under the newest key."""
    masters = load_master_keys(place.data)
    newest = {each.name for each in held(place.engine, masters[:1]) if each.master}
    return [each for each in held(place.engine, masters[:1]) if not each.master or each.name not in newest]
