"""Every benchmark in one run, and docs/reference/benchmarks.md written from it: `make bench`.

    python -m tests.benchmarks [--quick]

Absolute figures are this machine's; ratios are what to compare. `--quick` uses a tenth of the data and writes nothing.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.benchmarks import growth

DOCS = Path(__file__).parents[2] / "docs"
PAGE = DOCS / "reference" / "benchmarks.md"
DRAWING = DOCS / "images" / "growth.svg"
LEADS = 1_000_000
AIMS = {
    "single": 0.6,
    "batched": 200_000,
    "rescore": 2.0,
    "decay": 1.2,
    "weights": 0.25,
    "backtest": 12.0,
    "peak_mb": 3_000,
    "tick": 150.0,
    "redraw": 1_000,
    "carry": 60_000,
    "p99": 25.0,
    "p99_at_70": 50.0,
    "attribution": 5,
    "page": 150.0,
    "to_clickhouse": 2.0,
    "cold_report": 3.0,
    "idle_run": 2.0,
    "to_odoo": 0.9,
}


def main() -> None:
    """Measure, print the figures as JSON, write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the data; the page stays as it is")
    quick = parser.parse_args().quick
    figures = {
        "collector": _run("collector", *(["--seconds", "1", "--rounds", "1"] if quick else [])),
        "workers": _run("workers", *(["--seconds", "1", "--rounds", "1"] if quick else [])),
        **_everybody(LEADS // 10 if quick else LEADS),
        "attribution": _run("attribution", *(["--paths", "100000"] if quick else [])),
        "records": _run("records", "--leads", "10000" if quick else "100000"),
        "studio": _run("studio", *(["--leads", "1000", "--changes", "10"] if quick else [])),
        "carry": _run("carry", *(["--events", "40000", "--people", "1000"] if quick else [])),
        "beside": _run("beside", *(["--leads", "20000", "--seconds", "5"] if quick else [])),
        "analytics": _run("analytics", *(["--events", "500000", "--people", "25000"] if quick else [])),
        "cold": _run("analytics", "--cold", *(["--events", "1000000", "--people", "50000"] if quick else [])),
        "pages": _run("pages", *(["--leads", "50000", "--requests", "20"] if quick else [])),
        "crm": _run("crm", *(["--leads", "10000"] if quick else [])),
        "crm_odoo": _run(
            "crm_odoo", *(["--rows", "100", "--rounds", "2"] if quick else ["--rows", "1000", "--rounds", "3"])
        ),
        "retention": _run("retention", *(["--people", "2000", "4000", "--staying", "500"] if quick else [])),
        "memory": _run("memory", *(["--events", "50000", "--people", "1000"] if quick else ["--events", "300000"])),
    }
    print(json.dumps(figures, indent=2))  # noqa: T201  # its purpose
    if not quick:
        PAGE.write_text(page(figures), encoding="utf-8")
        DRAWING.write_text(growth.drawing(figures["growth"]), encoding="utf-8")


def _everybody(leads: int) -> dict[str, Any]:
    """What goes over all leads: one filled folder serves the rescore and the backtest."""
    with tempfile.TemporaryDirectory(prefix="leadline-everybody-") as folder:
        options = ["--leads", str(leads), "--events", str(leads * growth.EVENTS_EACH), "--keep", folder]
        rescore, backtest = _run("rescore", *options), _run("backtest", *options)
    sizes = [leads // 100, leads // 10, leads]
    return {"rescore": rescore, "backtest": backtest, "growth": growth.measure(sizes, {leads: rescore})}


def _run(name: str, *options: str) -> dict[str, Any]:
    """One benchmark in a process of its own, so that none inherits another's memory."""
    command = [sys.executable, "-m", f"tests.benchmarks.{name}", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    figures: dict[str, Any] = json.loads(done.stdout[done.stdout.index("{") :])  # commands may speak before
    return figures


def page(figures: dict[str, Any]) -> str:
    """The page, from the figures of one run."""
    return "\n".join([*_head(), *_collector(figures["collector"]), *_workers(figures["workers"]),
                      *_rescore(figures["rescore"]), *_backtest(figures["backtest"]), *_growth(figures["growth"]),
                      *_written(figures["records"]), *_studio(figures["studio"]), *_carry(figures["carry"]),
                      *_beside(figures["beside"]),
                      *_analytics(figures["analytics"]), *_cold(figures["cold"]),
                      *_pages(figures["pages"]), *_retention(figures["retention"]),
                      *_memory(figures["memory"]),
                      *_attribution(figures["attribution"]),
                      *_crm(figures["crm"]), *_odoo(figures["crm_odoo"])]) + "\n"  # fmt: skip


def _head() -> list[str]:
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    return f"""# Benchmarks

Written by `make bench`; every figure below comes from that one run. Absolute figures are those of the machine
({machine}, {datetime.now(UTC):%Y-%m-%d}; load generators ran on the same cores); ratios are what to
compare. Where an aim is missed, docs/why/speed.md says why.

""".splitlines()


def _collector(found: dict[str, Any]) -> list[str]:
    if "skipped" in found:
        return ["## Collector", "", f"Not measured: {found['skipped']}.", ""]
    rows = [
        f"| {clients} | {run['bare']['requests_per_second']:,.0f} | {run['durable']['requests_per_second']:,.0f} "
        f"| {run['durable']['p50_ms']:.1f} / {run['durable']['p99_ms']:.1f} ms | **{run['ratio']:.2f}** |"
        for clients, run in found["single"].items()
    ]
    batches = [
        f"| {size} | {run['requests_per_second']:,.0f} | **{run['events_per_second']:,.0f}** | {run['p99_ms']:.1f} ms |"
        for size, run in found["batches"].items()
    ]
    return [
        "## Collector: durable single events against a bare application",
        "",
        "`python -m tests.benchmarks.collector`. Bare: a Granian application that reads the body and answers the same",
        f"bytes. Durable: the collector, each answer after its `fdatasync`. Aim: a ratio of {AIMS['single']} or more.",
        "",
        "| clients | bare, requests/s | durable, requests/s | p50 / p99 | ratio |",
        "|---|---|---|---|---|",
        *rows,
        "",
        f"Batches, acknowledged. Aim: {AIMS['batched']:,} events/s.",
        "",
        "| events a batch | requests/s | events/s | p99 |",
        "|---|---|---|---|",
        *batches,
        "",
    ]


def _rescore(found: dict[str, Any]) -> list[str]:
    tick, bare, after = found["tick"], found["bare_seconds"], found["weights_after_ticks_seconds"]
    parts = ", ".join(f"{name[:-3]} {value:.0f}" for name, value in tick.items() if name != "all_ms")
    return f"""## Everybody again, and a tick

`python -m tests.benchmarks.rescore`: {found["current_scores"]:,} leads with a score, {found["events"]:,} events,
{found["cells"]:,} daily cells. Bare: DuckDB grouping the same events by identity, UTC day and event name.

| what | seconds | to bare | aim |
|---|---|---|---|
| bare aggregation | {bare:.2f} | 1 | |
| full rescore | {found["rescore_seconds"]:.2f} | **{found["rescore_to_bare"]:.2f}** | {AIMS["rescore"]:.0f} |
| the pass of a day | {found["decay_seconds"]:.2f} | **{found["decay_to_bare"]:.2f}** | {AIMS["decay"]} |
| the first such pass after a full rescore | {found["first_decay_seconds"]:.2f} | {found["first_decay_to_bare"]:.2f} | |
| other weights and thresholds | {found["weights_seconds"]:.2f} | {found["weights_to_bare"]:.2f} | |
| the same after {found["ticks"]} ticks | {after:.2f} | {found["weights_after_ticks_to_bare"]:.2f} | |
| one other metric, its cells built | {found["metric_seconds"]:.2f} | {found["metric_to_bare"]:.2f} | |
| building all cells from events, once | {found["cells_seconds"]:.2f} | {found["cells_seconds"] / bare:.2f} | |
| writing every score row, told apart | {found["record_all_seconds"]:.2f} | {found["record_all_seconds"] / bare:.2f} | |

Other weights and thresholds take **{found["weights_to_rescore"]:.2f}** of a full rescore (aim: {AIMS["weights"]}).
A tick that touches 1,000 of them, deduplication included: **{tick["all_ms"]:.0f} ms** of engine time
(aim: {AIMS["tick"]:.0f}); in ms: {parts}.
Peak memory of the process, the bare aggregation included: {found["peak_mb"]:,} MB (aim: under {AIMS["peak_mb"]:,}).

""".splitlines()


def _backtest(found: dict[str, Any]) -> list[str]:
    return f"""## Backtest

`python -m tests.benchmarks.backtest`: {found["cutoffs"]} cutoffs, {found["rulesets"]} rulesets, the same leads and
events, figures and their intervals included: **{found["backtest_seconds"]:.1f} s**, which is
**{found["backtest_to_rescore"]:.1f}** full rescores of {found["rescore_seconds"]:.2f} s (aim: {AIMS["backtest"]:.0f}).
Peak memory of the process: {found["peak_mb"]:,} MB (aim: under {AIMS["peak_mb"]:,}).

""".splitlines()


def _growth(found: dict[str, Any]) -> list[str]:
    rows = [
        f"| {int(leads):,} | {each['bare_seconds']:.2f} | {each['rescore_seconds']:.2f} | {each['decay_seconds']:.2f} "
        f"| {each['weights_seconds']:.2f} | {each['tick']['all_ms']:.0f} | {each['peak_mb']:,} |"
        for leads, each in found.items()
    ]
    return [
        "## Growth",
        "",
        "`python -m tests.benchmarks.growth`: twenty events a lead. Seconds; a tick in ms; peak memory in MB.",
        "",
        "| leads | bare | full rescore | next day | other weights | tick | peak |",
        "|---|---|---|---|---|---|---|",
        *rows,
        "",
        "![Seconds of a pass over all leads, by the number of leads](../images/growth.svg)",
        "",
    ]


def _written(found: dict[str, Any]) -> list[str]:
    return f"""## The write to the record store

`python -m tests.benchmarks.records`: {found["leads"]:,} leads under a ruleset that changes every total:
{found["seconds"]:.1f} s, of which writing rows of the record store **{found["record_store_seconds"]:.1f} s**.
Peak memory of the process, with taking in their events before: {found["peak_mb"]:,} MB.

""".splitlines()


def _carry(found: dict[str, Any]) -> list[str]:
    rows = [
        f"| {label} | {run['events']:,} | **{run['events_per_second']:,.0f}** | {_steps(run['seconds'])} |"
        for label, run in (("new people", found["first"]), ("known people", found["again"]))
    ]
    return [
        "## Carried through: from the spool to stored, scored and staged",
        "",
        "`python -m tests.benchmarks.carry`: batches of 100 events of 10,000 people; the record store's rows included.",
        f"Aim: {AIMS['carry']:,} events/s.",
        "",
        "| | events | events/s | seconds by step |",
        "|---|---|---|---|",
        *rows,
        "",
    ]


def _studio(found: dict[str, Any]) -> list[str]:
    return f"""## The Scoring studio draws a change

`python -m tests.benchmarks.studio`: {found["changes"]} changes one after the other on {found["leads"]:,} leads, from
the edited document to everything that is drawn: median {found["p50_ms"]} ms, **p95 {found["p95_ms"]} ms** (aim:
{AIMS["redraw"]:,}). A half-life, which measures its factor again: median {found["half_life_p50_ms"]} ms. The first
drawing, which measures everybody: {found["first_ms"]} ms.

""".splitlines()


def _steps(seconds: dict[str, float]) -> str:
    return ", ".join(f"{name} {value:.2f}" for name, value in seconds.items() if value >= 0.05)


def _workers(found: dict[str, Any]) -> list[str]:
    if "skipped" in found:
        return ["## Two collector processes against one", "", f"Not measured: {found['skipped']}.", ""]
    rows = [
        f"| {number} | {run['requests_per_second']:,.0f} | {run['p50_ms']:.1f} / {run['p99_ms']:.1f} ms |"
        for number, run in found["runs"].items()
    ]
    return [
        "## Two collector processes against one",
        "",
        "`python -m tests.benchmarks.workers`: single durable events, 256 clients. Two do",
        f"**{found['ratio']:.2f}** times what one does; wrk shares the {found['cores']} cores with them.",
        "",
        "| processes | requests/s | p50 / p99 |",
        "|---|---|---|",
        *rows,
        "",
    ]


def _beside(found: dict[str, Any]) -> list[str]:
    if "skipped" in found:
        return ["## Collector beside a rescore", "", f"Not measured: {found['skipped']}."]
    labels = {
        "peak": "as fast as it goes, application idle",
        "idle": "5,000 aimed at, application idle",
        "rescoring": "5,000 aimed at, application rescoring",
        "idle_70": "70% of the peak aimed at, application idle",
        "rescoring_70": "70% of the peak aimed at, application rescoring",
    }
    rows = [
        f"| {label} | {found[name]['requests_per_second']:,.0f} | {found[name]['p50_ms']:.1f} ms "
        f"| **{found[name]['p99_ms']:.1f} ms** |"
        for name, label in labels.items()
    ]
    return [
        "## Collector while the application rescores",
        "",
        f"`python -m tests.benchmarks.beside`: `leadline serve`, `leadline rescore` over and over ({found['rescores']}",
        f"full rescores meanwhile, rows of the record store included). Aims: p99 under {AIMS['p99']:.0f} ms at 5,000",
        f"requests/s, under {AIMS['p99_at_70']:.0f} ms at 70% of the peak.",
        "",
        "| | requests/s | p50 | p99 |",
        "|---|---|---|---|",
        *rows,
        "",
    ]


def _analytics(found: dict[str, Any]) -> list[str]:
    if "skipped" in found:
        return ["## Funnels and retention against ClickHouse", "", f"Not measured: {found['skipped']}.", ""]
    labels = {
        "funnel": "four ordered steps within seven days; theirs: windowFunnel",
        "retention_groupUniqArray": "weekly retention; theirs: groupUniqArray",
        "retention_window": "weekly retention; theirs: a window and uniqExact",
    }
    rows = [
        f"| {label} | {found[name]['seconds']:.3f} | {found[name]['clickhouse_seconds']:.3f} "
        f"| **{found[name]['ratio']:.2f}** |"
        for name, label in labels.items()
    ]
    return [
        "## Funnels and retention against ClickHouse",
        "",
        f"`python -m tests.benchmarks.analytics`: {found['events']:,} events of {found['people']:,} people; ClickHouse",
        "(chdb) reads its native table, sorted by person and time. Both give the same counts. Medians, in turns. Aim:",
        f"no more than {AIMS['to_clickhouse']} times ClickHouse. The numbers of what people did are made once, in",
        f"{found['projection_seconds']:.1f} s; ClickHouse's load took {found['clickhouse_load_seconds']:.1f} s.",
        "",
        "| | seconds | ClickHouse | ratio |",
        "|---|---|---|---|",
        *rows,
        "",
    ]


def _cold(found: dict[str, Any]) -> list[str]:
    return f"""## The first report after a start

`python -m tests.benchmarks.analytics --cold`: {found["events"]:,} events of {found["people"]:,} people, nothing in
memory. The numbers of what people did are made when the server starts, in {found["doings_seconds"]:.1f} s; a report
waits for them. Then the funnel: **{found["funnel_cold_seconds"]:.1f} s** (aim: {AIMS["cold_report"]:.0f}); retention
after it {found["retention_after_seconds"]:.1f} s, the funnel again {found["funnel_after_seconds"]:.1f} s. Peak memory
of the process, with making the events: {found["peak_mb"]:,} MB.

""".splitlines()


def _pages(found: dict[str, Any]) -> list[str]:
    lists = {
        "the list of leads": found["lists"],
        "the same, page after page": found["deep"],
        "a lead": found["leads_one"],
    }
    rows = [
        f"| {name} | {each['requests']} | {each['p50_ms']:.0f} | **{each['p95_ms']:.0f}** |"
        for name, each in {**lists, **found["shells"]}.items()
    ]
    reports = [f"| {name} | **{each['cold']:.1f}** | {each['kept']:.3f} |" for name, each in found["reports"].items()]
    return [
        "## Pages",
        "",
        f"`python -m tests.benchmarks.pages`: {found['leads']:,} leads, {found['events']:,} events; server time",
        "through every layer but the socket, nothing loading meanwhile. Aim at the 95th percentile:",
        f"{AIMS['page']:.0f} ms.",
        f"The tables that lists and reports read are made in {found['tables_seconds']:.1f} s at the start; those",
        f"of 1,000 leads that a tick touched are read again in {found['refresh_ms']:.0f} ms.",
        f"Peak memory: {found['peak_mb']:,} MB.",
        "",
        "| page | requests | median, ms | 95%, ms |",
        "|---|---|---|---|",
        *rows,
        "",
        f"| report over 90 days | cold, s (aim: {AIMS['cold_report']:.0f}) | kept, s |",
        "|---|---|---|",
        *reports,
        "",
    ]


def _retention(found: dict[str, Any]) -> list[str]:
    rows = [
        f"| {int(people):,} | {night['events']:,} | {night['seconds']:.1f} | {night['people_per_second']:,.0f} "
        f"| {night['longest_batch_seconds']:.1f} | {night['peak_mb']:,} |"
        for people, night in found.items()
    ]
    return [
        "## A night of retention",
        "",
        "`python -m tests.benchmarks.retention`: so many people are due, one in ten of them known; the copy of the",
        "event store included. While a batch is at work nothing is loaded. Peak memory in MB.",
        "",
        "| people | events | seconds | people/s | longest batch, s | peak |",
        "|---|---|---|---|---|---|",
        *rows,
        "",
    ]


def _memory(found: dict[str, Any]) -> list[str]:
    rows = [
        f"| {one['events']:,} | {one['collector_mb']:.0f} | {one['application_mb']:.0f} |" for one in found["readings"]
    ]
    growth = found["growth"]
    return [
        f"## Memory over {found['stored']:,} events",
        "",
        f"`python -m tests.benchmarks.memory --events {found['stored']}`: batches of 100 to a `leadline serve`, read",
        "once all are stored.",
        f"{found['stored']:,} stored in {found['seconds']:.0f} s. From the second and third reading to the last two",
        f"the collector grew by **{growth['collector_mb']:.0f} MB**, the application by",
        f"**{growth['application_mb']:.0f} MB**.",
        "",
        "| events | collector, MB | application, MB |",
        "|---|---|---|",
        *rows,
    ]


def _attribution(found: dict[str, Any]) -> list[str]:
    told = f"{found['paths']:,} paths of {found['touches']:,} touches, from rows in DuckDB to credits"
    ours = f"**{found['seconds']:.2f} s**"
    head = ["", "## Markov attribution beside ChannelAttribution", "", "`python -m tests.benchmarks.attribution`:"]
    if "skipped" in found:
        return [*head, f"{told}: {ours}. ChannelAttribution was not measured: {found['skipped']}."]
    agree = "equal" if found["heuristics_agree"] else "DIFFER FROM"
    return [
        *head,
        f"{told}, median: {ours}; ChannelAttribution, on equal paths counted beforehand:",
        f"{found['theirs_seconds']:.2f} s, **{found['times_faster']:.1f}** times as long (aim: {AIMS['attribution']}).",
        f"First, last and linear {agree} the",
        f"package's; its simulated Markov credits lie up to {found['worst_difference']:.1%} from the exact ones.",
    ]


def _crm(found: dict[str, Any]) -> list[str]:
    return f"""
## A CRM run with nothing to send

`python -m tests.benchmarks.crm`: {found["links"]:,} linked leads of whom nothing changed; the CRM answers at once.
**{found["seconds"]:.2f} s**, median (aim: under {AIMS["idle_run"]:.0f}), of which {found["cpu_seconds"]:.2f} s of the
processor. The first run after a start, which makes the tables that stamps read: {found["first_seconds"]:.1f} s.
""".splitlines()


def _odoo(found: dict[str, Any]) -> list[str]:
    head = ["", "## Leads into a real Odoo", "", "`python -m tests.benchmarks.crm_odoo`:"]
    if "skipped" in found:
        return [*head, f"not measured: {found['skipped']}."]
    return [
        *head,
        f"{found['rows']} new leads a round, {found['loop_rows_per_second']:.0f} a second through the sync loop,",
        f"{found['bare_rows_per_second']:.0f} by nothing but the same calls: **{found['ratio']:.2f}** of it (aim:",
        f"{AIMS['to_odoo']}).",
    ]


if __name__ == "__main__":
    main()
