"""Odoo 19 as Debian packages it, unpacked (never installed) beside a virtual environment of its own.

Everything lies in `$LEADLINE_ODOO` (default: `leadline-odoo` in the temporary folder) and is used again by the next
run: some two minutes and 1.6 GB the first time, nothing afterwards. The package's version and hash are pinned; one that
has moved on, or a machine without a network, is `Missing` with its reason, and the tests are skipped by that.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

VERSION = "19.0.0+dfsg-1"
SHA256 = "9d2f598b0555db17e291d48ed24df184c70823c053c4c5ed53c467ca7f629bbf"
SUITE = "sid"
REQUIREMENTS = Path(__file__).with_name("requirements.txt")
SECONDS = 900.0


class Missing(Exception):  # noqa: N818  # a reason to skip, not an error
    """Odoo is not to be had here; the text says why."""


@dataclass(frozen=True, slots=True)
class Package:
    """Odoo, ready to run.

    Attributes:
        folder: where all of it lies. python: of the environment with what it needs.
    """

    folder: Path

    @property
    def python(self) -> Path:
        return self.folder / "venv" / "bin" / "python"

    @property
    def program(self) -> Path:
        return self.folder / "root" / "usr" / "bin" / "odoo"

    @property
    def environment(self) -> dict[str, str]:
        """What its processes run with."""
        return {**os.environ, "PYTHONPATH": str(self.folder / "root/usr/lib/python3/dist-packages")}


def provide() -> Package:
    """Odoo in its folder, made when it is not there yet.

    Raises:
        Missing: it can't be had here.
    """
    if sys.version_info[:2] != (3, 11) or sys.platform != "linux":
        raise Missing("what it needs is pinned for CPython 3.11 on Linux")
    package = Package(Path(os.environ.get("LEADLINE_ODOO") or Path(tempfile.gettempdir()) / "leadline-odoo"))
    package.folder.mkdir(parents=True, exist_ok=True)
    package.folder.chmod(0o755)  # PostgreSQL's user has to pass
    _unpacked(package)
    _installed(package)
    return package


def _unpacked(package: Package) -> None:
    if _is_made(package, "root", SHA256):
        return
    archive = _downloaded(package.folder)
    shutil.rmtree(package.folder / "root", ignore_errors=True)
    run("dpkg-deb", "-x", str(archive), str(package.folder / "root"))
    _mark(package, "root", SHA256)


def _downloaded(folder: Path) -> Path:
    archive = folder / f"odoo-19_{VERSION}_all.deb"
    if not archive.exists():
        settings = _apt(folder / "apt")
        run("apt-get", "update", more=settings)
        run("apt-get", "download", f"odoo-19={VERSION}", more=settings, cwd=folder)
    found = hashlib.sha256(archive.read_bytes()).hexdigest()
    if found != SHA256:
        archive.unlink()
        raise Missing(f"the package of version {VERSION} has another content than the one that is pinned")
    return archive


def _apt(folder: Path) -> Mapping[str, str]:
    """Package lists of our own, so that the system's stay as they are: the machine's source, of another suite."""
    for name in ("lists/partial", "cache/archives/partial", "none"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "sources.list").write_text(f"{_source()}\n")
    configuration = folder / "apt.conf"
    configuration.write_text(
        f'Dir::State::Lists "{folder}/lists";\nDir::Cache "{folder}/cache";\n'
        f'Dir::Etc::SourceList "{folder}/sources.list";\nDir::Etc::SourceParts "{folder}/none";\n'
        'APT::Get::List-Cleanup "0";\nAPT::Sandbox::User "root";\n'
    )
    return {"APT_CONFIG": str(configuration)}


def _source() -> str:
    etc = Path("/etc/apt")
    for path in sorted(etc.glob("sources.list.d/debian*.sources")):
        text = path.read_text()
        address = re.search(r"^URIs:\s*(\S+)", text, re.MULTILINE)
        key = re.search(r"^Signed-By:\s*(/\S+)", text, re.MULTILINE)
        if address:
            return f"deb {f'[signed-by={key[1]}] ' if key else ''}{address[1]} {SUITE} main"
    lines = (etc / "sources.list").read_text().splitlines() if (etc / "sources.list").exists() else []
    for line in lines:
        if found := re.match(r"deb\s+(\[[^]]*\]\s+)?(\S+/debian/?)\s", line):
            return f"deb {found[1] or ''}{found[2]} {SUITE} main"
    raise Missing("this machine has no source of Debian packages")


def _installed(package: Package) -> None:
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    if _is_made(package, "venv", wanted):
        return
    shutil.rmtree(package.folder / "venv", ignore_errors=True)
    run(sys.executable, "-m", "venv", "--without-pip", str(package.folder / "venv"))
    pip = [sys.executable, "-m", "pip", "--python", str(package.python)]
    run(*pip, "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r", str(REQUIREMENTS))
    _mark(package, "venv", wanted)


def _is_made(package: Package, part: str, of: str) -> bool:
    mark = package.folder / f"{part}.made-of"
    return mark.exists() and mark.read_text() == of


def _mark(package: Package, part: str, of: str) -> None:
    (package.folder / f"{part}.made-of").write_text(of)


def run(*command: str, more: Mapping[str, str] | None = None, cwd: Path | None = None) -> None:
    """Run a step of the setup.

    Raises:
        Missing: it failed; with the last thing that it said.
    """
    try:
        done = subprocess.run(
            command, env={**os.environ, **(more or {})}, cwd=cwd, capture_output=True, text=True, timeout=SECONDS,
            check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Missing(f"{command[0]}: {error}") from error
    if done.returncode:
        raise Missing(f"{_words(command)}: {_last_words(done.stderr or done.stdout)}")


def _words(command: Sequence[str]) -> str:
    return " ".join(Path(word).name for word in command[:3])


def _last_words(said: str) -> str:
    return next((line for line in reversed(said.strip().splitlines()) if line.strip()), "it failed and said nothing")
