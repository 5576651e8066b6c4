"""One folder a CRM. Each package has `KIND`, a `ConnectorKind`, and is found by itself."""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from leadline.crm.connector import ConnectorKind
from leadline.kernel.errors import NotFoundError


@cache
def kinds() -> Mapping[str, ConnectorKind]:
    """Every kind of connector by name, in order of their labels."""
    found = [import_module(f"{__name__}.{module.name}").KIND for module in iter_modules(__path__)]
    return {kind.name: kind for kind in sorted(found, key=lambda kind: kind.label)}


def kind_of(name: str) -> ConnectorKind:
    """A kind by its name.

    Raises:
        NotFoundError: there is none.
    """
    if (found := kinds().get(name)) is None:
        raise NotFoundError(f"There is no connector called {name!r}.", advice=f"There are: {', '.join(kinds())}.")
    return found
