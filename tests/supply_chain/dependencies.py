"""What Leadline is built on: known holes in the locked versions, and the list of them as CycloneDX."""

import argparse
import json
import subprocess
import sys
from pathlib import Path

from tests.supply_chain.outcome import Outcome

ROOT = Path(__file__).parents[2]
LOCK = "requirements.lock"
ACCEPTED: dict[str, str] = {}
"""Holes that do not concern us, by their id, and why."""


def holes_in_dependencies() -> Outcome:
    """Known holes in the locked versions that were not accepted."""
    ran = _ran("pip_audit", "--requirement", LOCK, "--disable-pip", "--require-hashes", "--format", "json")
    try:
        told = json.loads(ran.stdout)["dependencies"]
    except (ValueError, KeyError):
        return Outcome(f"not done, the service can't be reached: {_last_line(ran.stderr)}")
    audited = [each for each in told if "vulns" in each]
    found = tuple(
        f"{each['name']} {each['version']}: {hole['id']}, mended in {', '.join(hole['fix_versions']) or 'no version'}"
        for each in audited
        for hole in each["vulns"]
        if hole["id"] not in ACCEPTED
    )
    return Outcome(f"{len(audited)} of {len(told)} packages are known to the service", found)


def write_bill(path: Path) -> int:
    """Write what Leadline installs, with versions and hashes, as CycloneDX JSON. Returns how many components."""
    ran = _ran("cyclonedx_py", "requirements", LOCK, "--pyproject", "pyproject.toml", "--of", "JSON")
    bill = json.loads(ran.stdout)
    path.write_text(json.dumps(bill, indent=1, sort_keys=True) + "\n")
    return len(bill["components"])


def _ran(module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", module, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1][:200] if lines else "it said nothing"


def main() -> None:
    """Write the bill of materials."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--out", type=Path, default=Path("sbom.cdx.json"))
    path = parser.parse_args().out
    sys.stdout.write(f"{write_bill(path)} components in {path}\n")


if __name__ == "__main__":
    main()
