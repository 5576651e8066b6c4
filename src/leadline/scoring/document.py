"""A ruleset from its YAML document, checked so that a published ruleset can not fail later."""

import hashlib
import re
from pathlib import Path

from leadline.kernel.errors import DocumentError
from leadline.scoring.document_entry import DocumentEntry
from leadline.scoring.example_rules import Vocabulary, read_examples
from leadline.scoring.factor_rules import (
    LOWEST,
    read_dimensions,
    read_disqualifications,
    read_factors,
    read_grades,
    read_penalties,
)
from leadline.scoring.faults import Fault, InvalidRulesetError, PathFaultError, fault, known
from leadline.scoring.metric_rules import read_metrics
from leadline.scoring.reading import Reading
from leadline.scoring.ruleset import DIMENSIONS, Domains, Ruleset
from leadline.scoring.sales_rules import read_accounts, read_fit, read_promise, read_rejections
from leadline.scoring.shape import BROKEN, read_shape
from leadline.scoring.stage_rules import read_conversions, read_recycling, read_stages
from leadline.scoring.yaml_text import Marked, mark_yaml

LINE = re.compile(r"line (\d+): (.*)", re.DOTALL)


def load_ruleset(text: str, number: int = 0) -> Ruleset:
    """The ruleset of a YAML text.

    Args:
        text: the document.
        number: the number it was published under; 0 for one that was not.

    Raises:
        InvalidRulesetError: anything is wrong with it; the message begins with the line and the path of the first
            fault, and the error has all.
    """
    ruleset, found = _read(text, number)
    if ruleset is None or found:
        raise InvalidRulesetError(found)
    return ruleset


def faults(text: str) -> list[Fault]:
    """All that is wrong with a document, by line; nothing when it is valid.

    An entry is judged by its first fault of meaning, and not at all where it leans on another one with a fault: mend
    and ask again.
    """
    return _read(text, 0)[1]


def read_ruleset(path: Path, number: int = 0) -> Ruleset:
    """The ruleset of a YAML file.

    Raises:
        DocumentError: the file is not there, is not UTF-8, or is not a valid ruleset.
    """
    try:
        return load_ruleset(path.read_text(encoding="utf-8-sig"), number)
    except (OSError, UnicodeDecodeError) as error:
        raise DocumentError(f"{path}: this ruleset can not be read: {error}.") from None


def bundled_ruleset(name: str) -> Path:
    """Where a ruleset that comes with Leadline lies: in an installed package, or in a checkout.

    Raises:
        DocumentError: there is none of that name.
    """
    package = Path(__file__).parents[1]
    folders = [folder for folder in (package / "rulesets", package.parents[1] / "rulesets") if folder.is_dir()]
    found = {path.stem: path for folder in reversed(folders) for path in sorted(folder.glob("*.yaml"))}
    return found[known("", "bundled ruleset", name, found)]


def content_hash(text: str) -> str:
    """The SHA-256 of a document's text, in hexadecimal: the same text is never published twice."""
    return hashlib.sha256(text.encode()).hexdigest()


def _read(text: str, number: int) -> tuple[Ruleset | None, list[Fault]]:
    try:
        return read_marked(mark_yaml(text), number)
    except DocumentError as error:
        return None, [_text_fault(error)]


def read_marked(marked: Marked, number: int = 0) -> tuple[Ruleset | None, list[Fault]]:
    """The ruleset of plain values, and all that is wrong with it; of no use, or None, when anything is."""
    reading = Reading(marked)
    wrong: list[PathFaultError] = []
    document = read_shape(reading.marked.values, DocumentEntry, "", wrong)
    for each in wrong:
        reading.add(each)
    ruleset = None if document is BROKEN else _ruleset(document, number, reading)
    return ruleset, sorted(reading.found, key=lambda each: each.line or 0)


def _text_fault(error: DocumentError) -> Fault:
    """What kept the text from being read as YAML at all."""
    if found := LINE.fullmatch(error.message):
        return Fault(int(found[1]), "", found[2], error.advice)
    return Fault(None, "", error.message, error.advice)


def _ruleset(document: DocumentEntry, number: int, reading: Reading) -> Ruleset:
    """The whole document. What has a fault is noted and left out: such a ruleset is of no other use."""
    metrics = read_metrics(document, reading)
    bands, lowest = read_grades(document, reading)
    factors = _factor_names(reading)
    words = Vocabulary(factors, [name for name in document.grades if name != LOWEST] + [lowest], _gate_names(reading))
    return Ruleset(
        name=_name(document, reading),
        number=number,
        metrics=metrics,
        dimension_weights=read_dimensions(document, reading),
        factors=read_factors(document, metrics, reading),
        penalties=read_penalties(document, metrics, reading),
        grades=bands,
        lowest_grade=lowest,
        conversions=read_conversions(document, reading),
        stages=read_stages(document, reading, factors),
        disqualifications=read_disqualifications(document, metrics, reading),
        recycling=read_recycling(document),
        domains=_domains(document),
        fit=read_fit(document, metrics, words.grades, factors, reading),
        accounts=read_accounts(document, reading),
        promise=read_promise(document, reading),
        rejections=read_rejections(document, reading),
        examples=read_examples(document, words, reading),
    )


def _name(document: DocumentEntry, reading: Reading) -> str:
    with reading.entry():
        if not document.name.strip() or len(document.name) > 80:
            raise fault("name", "a name has 1 to 80 characters.")
    return document.name


def _factor_names(reading: Reading) -> list[str]:
    """Of all dimensions, also of factors with faults."""
    return [name for dimension in DIMENSIONS for name in reading.names(f"dimensions.{dimension}.factors")]


def _gate_names(reading: Reading) -> tuple[str, ...]:
    return reading.names("disqualifications")


def _domains(document: DocumentEntry) -> Domains:
    entry = document.domains
    return Domains(*(tuple(name.lower() for name in names) for names in (entry.own, entry.test, entry.competitors)))
