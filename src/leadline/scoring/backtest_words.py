"""What a backtest says in sentences: which ruleset foretells better, what to doubt, and what is approximate."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from leadline.scoring.backtest_report import FEWEST_OUTCOMES, Findings
from leadline.scoring.resampling import EXACT_ROWS, RESAMPLES

Json = dict[str, Any]
NAMES: Mapping[str, str] = {
    "auc": "AUC",
    "average_precision": "average precision",
    "lift": "lift in the top tenth",
    "precision": "precision at capacity",
}


def difference_in_words(findings: Findings, difference: Mapping[str, Any]) -> str:
    """One sentence on two rulesets."""
    own, other = findings.labels[difference["ruleset"]], findings.labels[difference["against"]]
    area = difference["auc"]
    if area is None:
        return f"Too few outcomes to tell {own} from {other}."
    span = f"AUC {area['value']:+.3f}, between {area['low']:+.3f} and {area['high']:+.3f}"
    if area["low"] > 0:
        return f"{own} foretells better than {other} ({span})."
    if area["high"] < 0:
        return f"{own} foretells worse than {other} ({span})."
    if apart := _apart(difference):
        return f"{own} and {other} put people in as good an order ({span}); {apart}."
    return f"{own} and {other} can't be told apart ({span})."


def _apart(difference: Mapping[str, Any]) -> str:
    """The other figures that differ beyond their interval: "better in lift in the top tenth"."""
    return " and ".join(
        f"{how} in {', '.join(NAMES[name] for name in names)}"
        for how in ("better", "worse")
        if (names := [name for name in difference[how] if name != "auc"])
    )


def warnings(findings: Findings, report: Mapping[str, Any], outcome: str) -> list[str]:
    """What a reader should doubt."""
    return [
        *_thin(findings, outcome),
        *(_suspect(findings, each) for each in report["suspected_leaks"]),
        *_out_of_order(findings, report["pooled"]["rulesets"]),
    ]


def _thin(findings: Findings, outcome: str) -> Iterator[str]:
    if not findings.enough:
        yield (
            f"Only {findings.outcomes} outcomes ({outcome}) were found, fewer than {FEWEST_OUTCOMES}: figures would "
            "mean nothing and are left out. Take more cutoffs, a longer horizon or a more frequent outcome."
        )
        return
    thin = [each.cutoff.day for each in findings.cutoffs if int(each.rows.converted.sum()) < FEWEST_OUTCOMES]
    if thin:
        days = ", ".join(str(day) for day in thin)
        yield f"With fewer than {FEWEST_OUTCOMES} outcomes, these cutoffs have no figures of their own: {days}."


def _suspect(findings: Findings, suspect: Mapping[str, Any]) -> str:
    return (
        f"Suspected leak in {findings.labels[suspect['ruleset']]}: the factor {suspect['factor']!r} alone has an AUC "
        f"of {suspect['auc']:.3f}. Does something write what it reads because of the outcome?"
    )


def _out_of_order(findings: Findings, rulesets: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for label, figures in zip(findings.labels, rulesets, strict=True):
        known = [each for each in figures["grades"] if each["leads"]]
        for better, worse in pairwise(known):
            if worse["low"] > better["high"]:
                yield f"{label}: grade {worse['grade']} converted more often than grade {better['grade']}."


def notes(findings: Findings, horizon_days: int) -> list[str]:
    """What is approximate, and how to read it."""
    return list(_notes(findings, horizon_days))


def _notes(findings: Findings, horizon_days: int) -> Iterator[str]:
    yield (
        f"AUC, average precision, lift and precision are exact. Their intervals hold 95 % of {RESAMPLES} resamples of "
        "people, with scores cut into tenths of a point."
    )
    if len(findings.rows.converted) > EXACT_ROWS:
        yield "There are so many leads that those who never converted were drawn by score and not as people."
    yield (
        "Stages are those that entry conditions alone would have given at the cutoff: without a held total, dwell, "
        "silence, and words of sales."
    )
    days = [each.cutoff.day for each in findings.cutoffs]
    if any((later - earlier).days < horizon_days for earlier, later in pairwise(days)):
        yield "Horizons overlap: one outcome may count at several cutoffs. Intervals draw people, so they allow for it."
