"""Static analysis, secrets in the sources, known holes in dependencies. Exits with 1 when something is found.

A service that can't be reached is named and passed over: it says nothing about this change.
"""

import sys

from tests.supply_chain.dependencies import holes_in_dependencies
from tests.supply_chain.sources import risky_code, secrets_in_sources


def main() -> int:
    """Run every check; print what each found."""
    failed = 0
    for title, check in (
        ("Risky code (bandit)", risky_code),
        ("Secrets in the sources (detect-secrets)", secrets_in_sources),
        ("Known holes in dependencies (pip-audit)", holes_in_dependencies),
    ):
        outcome = check()
        sys.stdout.write(f"{title}: {outcome.said}\n")
        sys.stdout.writelines(f"  {line}\n" for line in outcome.found)
        failed += bool(outcome.found)
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
