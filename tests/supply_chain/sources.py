"""Our own code: what bandit warns of, and secrets that were written into files."""

import json
import subprocess
import sys
from pathlib import Path

from tests.supply_chain.outcome import Outcome

ROOT = Path(__file__).parents[2]
FOLDERS = ("src", "tests", "docs", "rulesets", "plans", "mappings", ".ci")
BASELINE = ROOT / ".secrets.baseline"
"""What looks like a secret and was judged to be none: fakes' keys, examples in documents."""


def risky_code() -> Outcome:
    """Whatever bandit finds in src, under the settings in pyproject.toml."""
    ran = _ran("bandit", "--quiet", "--recursive", "src", "--configfile", "pyproject.toml", "--format", "json")
    report = json.loads(ran.stdout)
    found = tuple(
        f"{each['filename']}:{each['line_number']}: {each['test_id']} {each['issue_text']}"
        for each in report["results"]
    )
    return Outcome(f"{report['metrics']['_totals']['loc']:,} lines looked at", found)


def secrets_in_sources() -> Outcome:
    """Whatever looks like a secret in a tracked file and is not in the baseline, by file and line."""
    judged = json.loads(BASELINE.read_text())["results"]
    known = {(name, each["hashed_secret"]) for name, secrets in judged.items() for each in secrets}
    files = _tracked()
    found = json.loads(_ran("detect_secrets", "scan", *files).stdout)["results"]
    new = tuple(
        f"{name}:{each['line_number']}: {each['type']}"
        for name, secrets in sorted(found.items())
        for each in secrets
        if (name, each["hashed_secret"]) not in known
    )
    return Outcome(f"{len(files):,} files looked at", new)


def _tracked() -> list[str]:
    """The files of the repository; without git, all that lie where sources do."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, check=False, capture_output=True, text=True)  # noqa: S607  # whose git it is does not matter here
    if listed.returncode == 0:
        names = listed.stdout.splitlines()
    else:
        names = [str(path.relative_to(ROOT)) for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*"))]
    return [name for name in names if name != BASELINE.name and (ROOT / name).is_file() and "__pycache__" not in name]


def _ran(module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", module, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
