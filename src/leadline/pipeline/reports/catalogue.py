"""Which reports there are. A report is found here by its name, whoever asks: a page, a board, the API, a command."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from leadline.analytics.parameters import PERIOD, ZONE, Parameter, Wanted
from leadline.analytics.report import Report
from leadline.kernel.errors import NotFoundError
from leadline.pipeline.reports import kinds as modules
from leadline.pipeline.reports.sources import Sources

Compute = Callable[[Sources, Wanted], Report]


@dataclass(frozen=True)
class ReportKind:
    """One report.

    Attributes:
        name: for addresses and commands: "funnel".
        label: for menus: "Funnel".
        question: what it answers, in a line.
        definition: what is counted and how, in words. Reports carry it.
        parameters: besides the period and the zone, which all have.
        reads_doings: it reads what people did (`eventstore/doings.py`), which is brought up to date before.
    """

    name: str
    label: str
    question: str
    definition: str
    compute: Compute
    parameters: tuple[Parameter, ...] = ()
    reads_doings: bool = False

    @property
    def all_parameters(self) -> tuple[Parameter, ...]:
        """With the period and the zone."""
        own = {parameter.name for parameter in self.parameters}
        return (*(each for each in (PERIOD,) if each.name not in own), *self.parameters, ZONE)


@cache
def kinds() -> Mapping[str, ReportKind]:
    """Every `KIND` (or `KINDS`) of the modules in `kinds`, by name, in order of their names."""
    found: list[ReportKind] = []
    for module in iter_modules(modules.__path__):
        loaded = import_module(f"{modules.__name__}.{module.name}")
        found += getattr(loaded, "KINDS", ()) or ([loaded.KIND] if hasattr(loaded, "KIND") else [])
    return {kind.name: kind for kind in sorted(found, key=lambda kind: kind.name)}


def kind_of(name: str) -> ReportKind:
    """A report by its name.

    Raises:
        NotFoundError: there is none.
    """
    if (found := kinds().get(name)) is None:
        raise NotFoundError(f"There is no report {name!r}.", advice=f"There are: {', '.join(kinds())}.")
    return found
