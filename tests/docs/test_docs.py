"""The documentation keeps up with the code: what a person can set, call, send or write down is in it."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeGuard

import pytest
import yaml
from typer.main import get_command

from leadline.cli import main
from leadline.engagement.metrics import MetricKind
from leadline.eventstore.schema import sql
from leadline.kernel.errors import SpoolUnavailableError
from leadline.qualification.stages import ReasonCode, Stage
from leadline.scoring.arithmetic import Curve
from leadline.scoring.ruleset import DIMENSIONS, Across
from leadline.scoring.schema import ruleset_schema
from leadline.scoring.stage_entries import NEEDS, RECYCLED_FROM
from leadline.tracking.collector.app import PROBES, ROUTES
from leadline.tracking.plan import KINDS, PropertyRule
from leadline.tracking.plan_document import PlanDocument

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "leadline"
DOCS = ROOT / "docs"
PAGES = sorted([ROOT / "README.md", *DOCS.rglob("*.md")])
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")


def reference(name: str) -> str:
    return (DOCS / "reference" / f"{name}.md").read_text()


def undocumented(names: set[str], page: str) -> list[str]:
    """Names that never stand in code on a page, alone or with something behind them."""
    text = " ".join(re.findall(r"`+([^`]+)`+", page))
    return sorted(name for name in names if not re.search(rf"(?<![\w/-]){re.escape(name)}(?![\w-])", text))


def blocks(*languages: str) -> list[tuple[str, str]]:
    return [
        (f"{page.relative_to(ROOT)}#{number}", code)
        for page in PAGES
        for number, (language, code) in enumerate(BLOCK.findall(page.read_text()), 1)
        if language in languages
    ]


READS_SETTING = r'\b(?:setting|share|whole_number|seconds_of_hours|hour_of_day|currency|time_zone)\("([A-Z_]+)"'


def settings_read() -> set[str]:
    read = set()
    for path in SOURCE.rglob("*.py"):
        text = path.read_text()
        read |= {f"LEADLINE_{name}" for name in re.findall(READS_SETTING, text)}
        read |= set(re.findall(r"LEADLINE_[A-Z]+(?:_[A-Z]+)*", text))
    return {name.removesuffix("_FILE") for name in read}


def commands() -> dict[str, Any]:
    """Every command by its whole name, such as "keys create"."""
    if not main.app.registered_commands:
        main._register()
    return dict(_leaves("", get_command(main.app)))


def _leaves(name: str, command: Any) -> Iterator[tuple[str, Any]]:
    inner = getattr(command, "commands", {})
    for part, each in inner.items():
        yield from _leaves(f"{name} {part}".strip(), each)
    if not inner:
        yield name, command


def first_arguments(folder: Path, call: str, place: int) -> set[str]:
    """The texts given as one argument to all calls of a name."""
    calls = (node for path in folder.rglob("*.py") for node in ast.walk(ast.parse(path.read_text())))
    given = (node.args[place] for node in calls if _calls(node, call) and len(node.args) > place)
    return {str(argument.value) for argument in given if isinstance(argument, ast.Constant)}


def _calls(node: ast.AST, name: str) -> TypeGuard[ast.Call]:
    return isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == name


def test_every_setting_is_documented() -> None:
    assert undocumented(settings_read(), reference("settings")) == []


def test_every_command_is_documented() -> None:
    page = reference("commands")
    assert sorted(name for name in commands() if f"`leadline {name}" not in page) == []


def test_every_option_of_a_command_is_documented() -> None:
    sections = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", reference("commands"), re.MULTILINE | re.DOTALL))
    options = {
        (name, option)
        for name, command in commands().items()
        for parameter in command.params
        for option in parameter.opts
        if option.startswith("--") and option != "--help"
    }
    assert sorted(each for each in options if each[1] not in sections[each[0].split()[0]]) == []


def test_every_route_of_the_collector_is_documented() -> None:
    routes = {path for path in ROUTES if not path.endswith("/")} | set(PROBES)
    page = reference("collector")
    assert sorted(route for route in routes if f"`{route}`" not in page) == []


def test_every_error_code_of_the_collector_is_documented() -> None:
    codes = first_arguments(SOURCE / "tracking" / "collector", "RefusedError", 1) | {SpoolUnavailableError.code}
    codes |= first_arguments(SOURCE / "tracking" / "collector", "refuse", 0)
    assert len(codes) > 10
    assert undocumented(codes, reference("collector")) == []


def test_every_reason_for_quarantine_is_documented() -> None:
    codes = first_arguments(SOURCE / "tracking", "RejectedError", 0) | {"corrupt_frame"}
    codes |= set(KINDS)
    assert len(codes) > 10
    assert undocumented(codes, (DOCS / "how-to" / "send-events.md").read_text()) == []


def test_every_field_of_a_ruleset_is_documented() -> None:
    schema = ruleset_schema()
    fields = {field for each in (schema, *schema["$defs"].values()) for field in each.get("properties", ())}
    assert len(fields) > 80
    assert undocumented(fields, reference("ruleset")) == []


def test_every_value_of_a_ruleset_is_documented() -> None:
    values = {*MetricKind, *Across, *Curve, *DIMENSIONS, *NEEDS, *RECYCLED_FROM}
    assert undocumented({str(value) for value in values}, reference("ruleset")) == []


@pytest.mark.parametrize("planned", ["offshore-staffing", "learning"])
def test_every_planned_event_is_documented_with_its_properties(planned: str) -> None:
    page = reference("events")
    learning = page.partition("## Learning platforms")[2].partition("\n## ")[0]
    plan = yaml.safe_load((ROOT / "plans" / f"{planned}.yaml").read_text())["events"]
    text = learning if planned == "learning" else page.replace(learning, "")
    rows = dict(re.findall(r"^\| `([^`]+)` \| ([^|]*) \|", text, re.MULTILINE))
    assert sorted(set(plan) - set(rows)) == []
    for event, rule in plan.items():
        for name, wanted in rule["properties"].items():
            shown = f"**{name}**" if wanted.get("required") else name
            assert shown in rows[event], f"{event}: {shown}"


def test_every_field_of_a_tracking_plan_and_every_violation_is_documented() -> None:
    fields = {*PlanDocument.__struct_fields__, *PropertyRule.__struct_fields__, *KINDS}
    assert undocumented(fields, reference("tracking-plan")) == []


def test_every_stage_and_reason_is_documented() -> None:
    assert undocumented({each.value for each in (*Stage, *ReasonCode)}, reference("stages")) == []


def test_every_column_of_the_event_store_is_documented() -> None:
    schema = re.sub(r"--.*", "", sql("schema"))
    tables = dict(re.findall(r"CREATE TABLE IF NOT EXISTS (\w+) \((.*?)\);", schema, re.DOTALL))
    columns = {re.split(r"\s+", part.strip())[0] for body in tables.values() for part in body.split(",")}
    assert undocumented({*tables, *columns}, reference("event-store")) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    dead = []
    for target in LINK.findall(BLOCK.sub("", page.read_text())):
        path, _, anchor = target.partition("#")
        place = (page.parent / path).resolve() if path else page
        if "://" in target:
            continue
        if not place.exists() or (anchor and anchor not in anchors(place)):
            dead.append(target)
    assert dead == []


def anchors(page: Path) -> set[str]:
    """The anchors that headings have on GitHub."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_page_is_in_the_index() -> None:
    index = (DOCS / "README.md").read_text()
    pages = {str(page.relative_to(DOCS)) for page in PAGES[1:] if page.is_relative_to(DOCS)} - {"README.md"}
    assert sorted(page for page in pages if f"({page})" not in index) == []


@pytest.mark.parametrize(("place", "code"), blocks("python"), ids=lambda value: value[:60] if "#" in value else "")
def test_python_blocks_compile(place: str, code: str) -> None:
    compile(code, place, "exec")


@pytest.mark.parametrize(
    ("place", "code"), blocks("json", "yaml"), ids=lambda value: value[:60] if "#" in value else ""
)
def test_json_and_yaml_blocks_parse(place: str, code: str) -> None:
    assert code.strip(), place
    try:
        json.loads(code)
    except json.JSONDecodeError:
        documents = [json.loads(line) for line in code.splitlines()] if code.startswith("{") else yaml.safe_load(code)
        assert documents, place
