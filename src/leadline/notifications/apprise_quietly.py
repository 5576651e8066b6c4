"""Apprise, loaded when it is needed, with nothing of it in any log: its lines name addresses, hosts and messages."""

import logging
import warnings
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from apprise import AppriseAsset
    from apprise.plugins import NotifyBase

SERVICE_SECONDS = 30
"""A service that has not answered by then is given up for this time."""


@lru_cache(maxsize=1)
def asset() -> "AppriseAsset":
    """How Apprise works here: nothing on disk, no redirects unless an address asks for them, one attempt."""
    from apprise import Apprise, AppriseAsset  # loading it takes a second that only who sends should wait

    be_quiet()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of modules that its services load
        Apprise.instantiate("json://localhost")
    return AppriseAsset(
        app_id="Leadline",
        app_desc="Leadline notifications",
        storage_mode="memory",
        http_redirects=False,
        async_mode=False,
        service_timeout=SERVICE_SECONDS,
        pgp_autogen=False,
        pem_autogen=False,
    )


def be_quiet() -> None:
    """What Apprise logs goes to its caller alone, and what lies under it says only errors: both name addresses."""
    logger = logging.getLogger("apprise")
    logger.propagate = False
    logger.setLevel(logging.DEBUG)  # what a service answered is only told at this level
    logging.getLogger("urllib3").setLevel(logging.ERROR)


def instantiate(text: str) -> "NotifyBase | None":
    """The service of an address; None when it is none."""
    given = asset()
    be_quiet()  # whoever configures logging anew undoes it
    from apprise import Apprise  # after its log is quiet

    return Apprise.instantiate(text, asset=given, suppress_exceptions=True)


def schemas_of(service: Any) -> frozenset[str]:
    """How addresses of a service begin."""
    return frozenset(service.schemas())


def name_message(service: Any, key: str) -> None:
    """Let a webhook carry the message's key as `id`."""
    service.payload_extras["id"] = key
