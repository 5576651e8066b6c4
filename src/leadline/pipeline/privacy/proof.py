"""The proof of an erasure as a table: of each kind of data how much went and how much is left."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from leadline.pipeline.privacy.registry import all_kinds


@dataclass(frozen=True, slots=True)
class ProofLine:
    """One kind of data. `left` is None while it was not counted at the end yet, and for what waits in the spool."""

    kind: str
    title: str
    erased: int
    left: int | None


def proof_lines(proof: Mapping[str, Any]) -> list[ProofLine]:
    """By title. Kinds of an older version, which are none any more, stand under their name."""
    titles = {kind.name: kind.title for kind in all_kinds()}
    erased, left = proof.get("erased", {}), proof.get("left", {})
    lines = [ProofLine(name, titles.get(name, name), erased.get(name, 0), left.get(name)) for name in {*erased, *left}]
    return sorted(lines, key=lambda line: (line.title, line.kind))
