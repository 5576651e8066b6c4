"""What no module of Leadline does, whatever a linter is told to overlook: found by reading the sources."""

import ast
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "leadline"
SOURCES = sorted(SOURCE.rglob("*.py"))
TEMPLATES = sorted(SOURCE.rglob("templates/**/*.html"))
SCRIPTS = sorted((SOURCE / "web" / "static" / "web").glob("*.js"))
PICKLING = {"pickle", "cPickle", "_pickle", "shelve", "marshal", "dill", "joblib", "cloudpickle", "jsonpickle"}
PARSING_XML = {"xml", "lxml", "defusedxml"}
MAKING_OBJECTS = {"yaml.unsafe_load", "yaml.full_load", "yaml.unsafe_load_all", "yaml.full_load_all"}
NUMBERS = set("pk number line lead next last version width height x y done total after count draft default:1".split())
"""What a template may pass on as it is: whole numbers, which Django would write with separators of thousands."""


@dataclass(frozen=True)
class Module:
    """What a module imports, by the first part of each name, and what it calls, by the name as it is written."""

    imports: frozenset[str]
    calls: tuple[tuple[str, ast.Call], ...]

    @property
    def called(self) -> set[str]:
        return {name for name, _ in self.calls}


@cache
def read(text: str) -> Module:
    nodes = list(ast.walk(ast.parse(text)))
    calls = [(name_of(node.func), node) for node in nodes if isinstance(node, ast.Call)]
    return Module(frozenset(imported(nodes)), tuple(calls))


def name_of(node: ast.expr) -> str:
    """A dotted name; of what is no name its last part."""
    if isinstance(node, ast.Attribute):
        return f"{name_of(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def imported(nodes: list[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (each.name.partition(".")[0] for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def given(call: ast.Call, name: str) -> str:
    return next((ast.unparse(each.value) for each in call.keywords if each.arg == name), "")


def pickles(module: Module) -> bool:
    return bool(PICKLING & module.imports) or any(name.endswith(("read_pickle", "to_pickle")) for name in module.called)


def runs_text(module: Module) -> bool:
    return bool(module.called & {"eval", "exec", "compile", "builtins.eval", "builtins.exec"})


def asks_a_shell(module: Module) -> bool:
    shells = {"os.system", "os.popen", "subprocess.getoutput"}
    return bool(module.called & shells) or any(given(call, "shell") == "True" for _, call in module.calls)


def loads_yaml_that_makes_objects(module: Module) -> bool:
    loading = [call for name, call in module.calls if name in {"yaml.load", "yaml.load_all"}]
    return bool(module.called & MAKING_OBJECTS) or not all(is_safe(loader_of(call)) for call in loading)


def loader_of(call: ast.Call) -> str:
    return ast.unparse(call.args[1]) if len(call.args) > 1 else given(call, "Loader")


def is_safe(loader: str) -> bool:
    """PyYAML's safe loader, or one of ours that is made of it."""
    name = loader.rpartition(".")[2]
    made = re.compile(rf"class {re.escape(name)}\((?:yaml\.)?C?SafeLoader\)")
    return name in {"SafeLoader", "CSafeLoader"} or any(made.search(path.read_text()) for path in SOURCES)


def trusts_any_certificate(module: Module) -> bool:
    unchecked = {"ssl._create_unverified_context"}
    return bool(module.called & unchecked) or any(given(call, "verify") == "False" for _, call in module.calls)


def hashes_weakly(module: Module) -> bool:
    """Where it is about security; the fake of a CRM numbers its fields as that CRM does."""
    weak = [call for name, call in module.calls if name in {"hashlib.md5", "hashlib.sha1"}]
    return any(given(call, "usedforsecurity") != "False" for call in weak)


def guesses_file_names(module: Module) -> bool:
    return bool(module.called & {"tempfile.mktemp", "mktemp"})


def passes_text_as_markup(module: Module) -> bool:
    return any(name.rpartition(".")[2] == "mark_safe" for name in module.called)


EXAMPLES: dict[Callable[[Module], bool], str] = {
    pickles: "import pickle",
    runs_text: "eval(text)",
    asks_a_shell: "subprocess.run(text, shell=True)",
    loads_yaml_that_makes_objects: "yaml.load(text, Loader=yaml.Loader)",
    trusts_any_certificate: "httpx.get(url, verify=False)",
    hashes_weakly: "hashlib.md5(text)",
    guesses_file_names: "tempfile.mktemp()",
    passes_text_as_markup: "mark_safe(text)",
}


@pytest.mark.parametrize("deed", EXAMPLES)
def test_no_module_does_it(deed: Callable[[Module], bool]) -> None:
    assert deed(read(EXAMPLES[deed])), "what is looked for would be found"
    assert len(SOURCES) > 300
    assert [str(path.relative_to(ROOT)) for path in SOURCES if deed(read(path.read_text()))] == []


def test_what_lets_somebody_in_comes_from_no_predictable_generator() -> None:
    guarding = [path for path in SOURCES if path.relative_to(SOURCE).parts[0] in {"accounts", "privacy", "web"}]
    assert [str(path) for path in guarding if "random" in read(path.read_text()).imports] == []


def test_templates_pass_nothing_on_unescaped_but_numbers_and_charts() -> None:
    """A chart's specification is JSON in which nothing can end its script element (test_web_reports.py)."""
    loose = []
    for path in TEMPLATES:
        text = path.read_text()
        names = [re.split(r"[.|]", each)[-1] for each in re.findall(r"([\w.|:]+)\|safe\b", text)]
        loose += [(path.name, name) for name in names if name not in NUMBERS | {"spec"}]
        loose += [(path.name, word) for word in ("autoescape off", "safeseq") if word in text]
    assert len(TEMPLATES) > 50
    assert loose == []


def test_no_script_of_ours_runs_text() -> None:
    running = re.compile(r"\beval\(|new Function\(|document\.write|setTimeout\(\s*[\"']")
    assert SCRIPTS
    assert [path.name for path in SCRIPTS if running.search(path.read_text())] == []


def test_nothing_that_pickles_is_a_direct_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    direct = {re.split(r"[^A-Za-z0-9_.-]", each)[0].lower() for each in project["dependencies"]}
    assert {"django", "duckdb"} <= direct
    assert direct & {name.lower() for name in PICKLING} == set()


def test_nothing_reads_xml() -> None:
    assert [str(path) for path in SOURCES if PARSING_XML & read(path.read_text()).imports] == []
