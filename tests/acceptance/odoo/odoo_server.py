"""A real Odoo 19 on loopback: a database of its own, copied from one that was initialised once; stopped by pid."""

import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import httpx
from tests.acceptance.odoo.odoo_package import SECONDS, SHA256, Missing, Package, provide
from tests.acceptance.postgresql_cluster import MISSING, Cluster, give_to_server_user, is_installed
from tests.leadline_process import answers, free_port, wait_until

from leadline.crm.connector import Connector, Opening
from leadline.crm.connectors.odoo import KIND
from leadline.crm.limits import Limits
from leadline.kernel.clock import utc_now

MODULES = "crm,rpc"
DATABASE = "odoo"
READY_SECONDS = 120.0
PREPARATION = Path(__file__).with_name("prepare.py")
ADMINISTRATOR, SALESPERSON = "admin", "sam@sales.example"


@dataclass
class Odoo:
    """An Odoo with an empty CRM, and two API keys: an administrator's and a salesperson's.

    `stop` and `start` are an outage: its database stays as it is, and so does its address.

    Raises:
        Missing: on entering, when Odoo or PostgreSQL is not to be had here.
    """

    folder: Path = field(init=False)
    port: int = field(default_factory=free_port)
    keys: dict[str, str] = field(default_factory=dict)
    process: "subprocess.Popen[bytes] | None" = None
    _fields: dict[str, Any] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def key(self) -> str:
        return self.keys[ADMINISTRATOR]

    def __enter__(self) -> Self:
        self._package = provide()
        template = _template(self._package)
        self.folder = Path(tempfile.mkdtemp(prefix="leadline-odoo-"))
        give_to_server_user(self.folder)
        _copy(template, self.folder)
        self.keys = _keys(self.folder)
        self._cluster = Cluster(self.folder, user="odoo")
        try:
            self._cluster.start()
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.stop()
        finally:
            self._cluster.stop()
            shutil.rmtree(self.folder, ignore_errors=True)

    def start(self) -> None:
        """Start the server and wait until it answers."""
        command = _command(self._package, self.folder, self._cluster.port, "--http-port", str(self.port))
        with (self.folder / "odoo.log").open("ab") as log:
            self.process = subprocess.Popen(
                command, env=self._package.environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )
        wait_until(self._is_ready, READY_SECONDS, f"Odoo answers at {self.url}")

    def stop(self) -> None:
        """Stop the server; the database stays."""
        if self.process is not None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None

    def call(self, model: str, method: str, *, key: str = "", **arguments: Any) -> Any:
        """One call of the API, as somebody who works in Odoo makes it; an administrator unless told otherwise."""
        answer = httpx.post(
            f"{self.url}/json/2/{model}/{method}",
            json=arguments,
            headers={"Authorization": f"bearer {key or self.key}"},
            timeout=120,
        )
        assert answer.is_success, answer.text
        return answer.json()

    def connect(self, login: str = ADMINISTRATOR) -> Connector:
        """Leadline's connector, with the key of a user."""
        secrets = {"key": self.keys[login]}
        return KIND.open(Opening({"url": self.url}, secrets, Limits(1000.0, 1000), utc_now))

    @property
    def fields(self) -> dict[str, Any]:
        """The fields of a lead; kept until they are cleared."""
        if not self._fields:
            self._fields.update(self.call("crm.lead", "fields_get"))
        return self._fields

    @property
    def database_port(self) -> int:
        """Where its PostgreSQL listens."""
        return self._cluster.port

    def _is_ready(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, (self.folder / "odoo.log").read_text()[-3000:]
        return answers(f"{self.url}/web/health") == 200


def _template(package: Package) -> Path:
    """A stopped cluster with an initialised database, and its keys; made once for a package and what prepares it."""
    if not is_installed():
        raise Missing(MISSING)
    made_of = hashlib.sha256(f"{SHA256}{MODULES}{PREPARATION.read_text()}".encode()).hexdigest()[:16]
    template = package.folder / f"template-{made_of}"
    if template.exists():
        return template
    making = Path(tempfile.mkdtemp(prefix="making-", dir=package.folder))
    give_to_server_user(making)
    try:
        _make(package, making)
        making.rename(template)
    finally:
        shutil.rmtree(making, ignore_errors=True)
    return template


def _make(package: Package, folder: Path) -> None:
    cluster = Cluster(folder, user="odoo")
    cluster.make()
    cluster.start()
    try:
        quiet = ("--stop-after-init", "--log-level", "warn")
        initialise = ("-i", MODULES, "--without-demo", "true", "--load-language", "en_US", *quiet)
        _run(_command(package, folder, cluster.port, *initialise), package)
        shell = _command(package, folder, cluster.port, "--log-level", "warn", subcommand="shell")
        _run(shell, package, PREPARATION.read_bytes(), {"ODOO_KEYS": str(folder / "keys")})
    finally:
        cluster.stop("fast")


def _command(package: Package, folder: Path, port: int, *options: str, subcommand: str = "server") -> list[str]:
    settings = folder / "odoo.conf"
    settings.write_text(
        f"[options]\ndb_host = 127.0.0.1\ndb_port = {port}\ndb_user = odoo\ndb_name = {DATABASE}\nlist_db = False\n"
        f"data_dir = {folder}/filestore\nhttp_interface = 127.0.0.1\nworkers = 0\nmax_cron_threads = 0\n"
    )
    return [str(package.python), str(package.program), subcommand, "-c", str(settings), *options]


def _run(command: list[str], package: Package, said: bytes = b"", more: dict[str, str] | None = None) -> None:
    done = subprocess.run(
        command, env={**package.environment, **(more or {})}, input=said, capture_output=True, timeout=SECONDS,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()[-3000:]


def _copy(template: Path, folder: Path) -> None:
    subprocess.run(["cp", "-a", f"{template}/.", str(folder)], check=True)  # noqa: S607  # the system's, keeps owners


def _keys(folder: Path) -> dict[str, str]:
    lines = (folder / "keys").read_text().splitlines()
    return dict(line.split(" ", 1) for line in lines)


def main() -> None:
    """An Odoo to look at: prints its address and keys, and goes when it is interrupted."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with Odoo() as odoo:
        print(odoo.url, odoo.keys, f"pid {os.getpid()}", flush=True)  # noqa: T201  # its purpose
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            pass


if __name__ == "__main__":
    main()
