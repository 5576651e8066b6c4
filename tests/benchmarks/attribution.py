"""Markov attribution of order 1 over a million generated paths, beside the ChannelAttribution package, in one run.

    python -m tests.benchmarks.attribution [--paths 1000000] [--rounds 3] [--check]

Ours goes from rows of paths in DuckDB to credits. ChannelAttribution (GPL, compiled from its source) is never a
dependency: it gets a virtual environment of its own, made on demand in the folder of `--venv`; where it can't be
installed, its part is skipped and says why. `--check` compares first, last and linear touch with the package's on the
same paths instead.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from leadline.analytics.attribution import Model, Options, Paths
from leadline.analytics.crediting import credits_of
from leadline.analytics.markov import markov

CHANNELS = tuple(f"channel {number}" for number in range(12))
SEED = 20260101
GENERATE = """
CREATE TABLE paths AS
SELECT range AS path, hash(range, $seed) % 1000 < 246 AS converted,
    list_transform(
        range(1 + (hash(range, $seed, 1) % 2 + hash(range, $seed, 2) % 3 + hash(range, $seed, 3) % 4)::BIGINT),
        lambda place: (sqrt(hash(range, $seed, 4 + place) % 10000) * 12 / 100)::UTINYINT % 12) AS keys
FROM range($paths)
"""
GROUPED = """
SELECT array_to_string(list_transform(keys, lambda key: 'channel ' || key), ' > ') AS path,
    count_if(converted) AS conversions, count_if(converted)::DOUBLE AS value, count_if(NOT converted) AS nulls
FROM paths GROUP BY keys ORDER BY keys
"""
THEIRS = """
import json, sys, time
import pandas, ChannelAttribution as package
frame = pandas.read_parquet(sys.argv[1])
seconds, told = [], {}
for _ in range(int(sys.argv[2])):
    began = time.perf_counter()
    found = package.markov_model(frame, "path", "conversions", var_value="value", var_null="nulls", order=1,
                                 out_more=True, verbose=False, ncore=int(sys.argv[3]))
    seconds.append(time.perf_counter() - began)
result = found["result"] if isinstance(found, dict) else found
heuristic = package.heuristic_models(frame, "path", "conversions", var_value="value")
print(json.dumps({"seconds": seconds, "markov": dict(zip(result["channel_name"], result["total_conversions"])),
                  "heuristic": heuristic.to_dict("list")}))
"""


def measure(paths: int, rounds: int, venv: Path) -> dict[str, Any]:
    """Both, side by side."""
    with tempfile.TemporaryDirectory(prefix="leadline-attribution-") as folder, duckdb.connect() as connection:
        connection.execute(GENERATE, {"seed": SEED, "paths": paths})
        ours, credit = _ours(connection, rounds)
        figures: dict[str, Any] = {"paths": paths, "touches": _touches(connection), "seconds": ours}
        rows = Path(folder) / "paths.parquet"
        _write(connection, rows)
        theirs = _theirs(rows, rounds, venv)
    if "skipped" in theirs:
        return {**figures, **theirs}
    median = statistics.median(theirs["seconds"])
    gap = max(abs(theirs["markov"][name] - own) / own for name, own in credit.items() if name in theirs["markov"])
    return {**figures, "theirs_seconds": median, "times_faster": median / ours, "worst_difference": gap,
            "heuristics_agree": _agree(theirs["heuristic"], _heuristics)}  # fmt: skip


_heuristics: dict[Model, dict[str, float]] = {}


def _ours(connection: duckdb.DuckDBPyConnection, rounds: int) -> tuple[float, dict[str, float]]:
    seconds = []
    for _ in range(rounds):
        began = time.perf_counter()
        reached, lost = (_paths(connection, converted=converted) for converted in (True, False))
        found = markov(reached, lost)
        seconds.append(time.perf_counter() - began)
    for model in (Model.FIRST, Model.LAST, Model.LINEAR):
        given_credits = credits_of(model, reached, lost, Options()).conversions.tolist()
        _heuristics[model] = dict(zip(CHANNELS, given_credits, strict=True))
    return statistics.median(seconds), dict(zip(CHANNELS, found.conversions.tolist(), strict=True))


def _paths(connection: duckdb.DuckDBPyConnection, *, converted: bool) -> Paths:
    """Rows of paths as columns: a list column is one array of keys and one of offsets already."""
    query = "SELECT keys FROM paths WHERE converted" if converted else "SELECT keys FROM paths WHERE NOT converted"
    column = connection.execute(query).to_arrow_table()["keys"].combine_chunks()
    keys = column.values.slice(column.offsets[0].as_py()).to_numpy()
    starts = np.asarray(column.offsets, np.int64) - column.offsets[0].as_py()
    count, none = len(starts) - 1, np.zeros(len(keys))
    nowhere = np.full(count, -1)
    return Paths(CHANNELS, starts, keys, none, none.astype(bool), nowhere, nowhere, np.ones(count))


def _touches(connection: duckdb.DuckDBPyConnection) -> int:
    return int((connection.execute("SELECT sum(len(keys)) FROM paths").fetchone() or (0,))[0])


def _write(connection: duckdb.DuckDBPyConnection, rows: Path) -> None:
    """As the package takes them: one text a path, equal ones counted, which is in its favour."""
    connection.sql(GROUPED).write_parquet(str(rows))


def _theirs(rows: Path, rounds: int, venv: Path) -> dict[str, Any]:
    python = venv / "bin" / "python"
    try:
        if not python.exists():
            subprocess.run([sys.executable, "-m", "venv", venv], check=True, capture_output=True, timeout=300)
        packages = ["numpy", "pandas", "pyarrow", "matplotlib", "ChannelAttribution"]
        install = [str(python), "-m", "pip", "install", "-q", *packages]
        subprocess.run(install, check=True, capture_output=True, text=True, timeout=900)
        command = [str(python), "-c", THEIRS, str(rows), str(rounds), str(os.cpu_count())]
        done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=1800)
    except (subprocess.SubprocessError, OSError) as error:
        why = getattr(error, "stderr", "") or str(error)
        return {"skipped": f"ChannelAttribution could not run: {str(why).strip()[-300:]}"}
    return dict(json.loads(done.stdout[done.stdout.index('{"seconds"') :]))


def _agree(theirs: dict[str, list[Any]], ours: dict[Model, dict[str, float]]) -> bool:
    """Whether first, last and linear are the package's, to the millionth of a conversion."""
    columns = {Model.FIRST: "first_touch", Model.LAST: "last_touch", Model.LINEAR: "linear_touch"}
    found = [
        abs(value - ours[model][name]) < 1e-6 * max(1.0, value)
        for model, column in columns.items()
        for key, values in theirs.items()
        if key.startswith(column) and not key.endswith("value")
        for name, value in zip(theirs["channel_name"], values, strict=True)
    ]
    return bool(found) and all(found)


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--paths", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--venv", type=Path, default=Path(tempfile.gettempdir()) / "leadline-channel-attribution")
    parser.add_argument("--check", action="store_true", help="fail unless first, last and linear agree")
    given = parser.parse_args()
    figures = measure(given.paths, given.rounds, given.venv)
    print(json.dumps(figures, indent=2))  # noqa: T201  # its purpose
    if given.check and not figures.get("heuristics_agree"):
        sys.exit(figures.get("skipped", "First, last or linear touch differ from ChannelAttribution's."))


if __name__ == "__main__":
    main()
