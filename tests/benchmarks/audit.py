"""The audit trail: python -m tests.benchmarks.audit

How long an entry takes to be on disk, with one writer and with four, and how long a trail takes to be checked. On a
record store of its own (SQLite; LEADLINE_RECORDS names another).
"""

import os
import statistics
import subprocess
import sys
import tempfile
from time import perf_counter

ENTRIES, WRITERS = 1_000, 4
WRITE = """
import sys, time
import django; django.setup()
from leadline.accounts.audit import Via, What, Who, record
from leadline.kernel.clock import utc_now
took = []
for number in range(int(sys.argv[1])):
    began = time.perf_counter()
    record(Who(1, Via.PAGE, "0123456789abcdef"), "lead.seen", What("lead", number), {"status": 200}, utc_now())
    took.append(time.perf_counter() - began)
took.sort()
print(took[len(took) // 2] * 1000, took[len(took) * 99 // 100] * 1000)
"""
VERIFY = """
import time
import django; django.setup()
from leadline.accounts.audit import verify
began = time.perf_counter()
verdict = verify()
assert verdict.whole
print(verdict.entries, time.perf_counter() - began)
"""


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="leadline-audit-") as folder:
        data = os.environ.get("LEADLINE_DATA", folder)
        os.environ |= {"LEADLINE_DATA": data, "DJANGO_SETTINGS_MODULE": "leadline.project.settings"}
        os.environ.setdefault("LEADLINE_SECRET_KEYS", "5a" * 32)
        subprocess.run([sys.executable, "-m", "django", "migrate", "-v", "0"], check=True)
        sys.stdout.write(f"one writer:   {_written(1)}" + "\n")
        sys.stdout.write(f"four writers: {_written(WRITERS)}" + "\n")
        entries, seconds = _run(VERIFY).communicate()[0].split()
        sys.stdout.write(f"checked:      {int(entries):,} entries in {float(seconds):.2f} s" + "\n")


def _written(writers: int) -> str:
    began = perf_counter()
    running = [_run(WRITE, str(ENTRIES)) for _ in range(writers)]
    times = [tuple(map(float, each.communicate()[0].split())) for each in running]
    median, high = statistics.median(time[0] for time in times), max(time[1] for time in times)
    per_second = writers * ENTRIES / (perf_counter() - began)
    return f"{median:.2f} ms in the middle, {high:.1f} ms p99, {per_second:,.0f} entries a second"


def _run(program: str, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen([sys.executable, "-c", program, *arguments], stdout=subprocess.PIPE, text=True)


if __name__ == "__main__":
    main()
