"""Local names of a script become single letters: a fifth of the tracker's bytes, and rjsmin leaves them alone.

Renaming is by word: what is one word in a statement stays one, and two stay two. A word that stands anywhere as a
property's name is left as it is. The script is one function called at once, `(() => { ... })()`, without template
literals, single quotes, empty statements, or a local variable under the name of a global that it uses. The tests run
what comes out.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import count, product
from string import ascii_letters

TOKEN = re.compile(
    r'"(?:\\.|[^"\\])*"'  # text
    r"|(?<=[(=!,])/(?:\\.|\[[^\]]*\]|[^/\\])+/[a-z]*"  # a regular expression: a division never follows these
    r"|[A-Za-z_$][\w$]*|\d[\w.]*|\.{3}|=>|\s+|.",
    re.DOTALL,
)
WORD = re.compile(r"[A-Za-z_$][\w$]*")
BODY = 2
"""How many brackets are open between the statements of the script's one function."""
NEEDLESS = (
    (re.compile(r"(?<![\w$])\((\w+)\)=>"), r"\1=>"),  # brackets around a single parameter
    (re.compile(r"[;,]([})])"), r"\1"),  # what separates the last thing in brackets from nothing
    (re.compile(r"\bconst\b"), "let"),  # two words compress worse than one
)


def shorten(code: str) -> str:
    """Minified code with short local names; the most frequent gets the first letter."""
    tokens: list[str] = TOKEN.findall(code)
    names = _names(tokens)
    short = "".join(names.get(token, token) for token in tokens)
    for pattern, replacement in NEEDLESS:
        short = pattern.sub(replacement, short)
    return short


def _names(tokens: list[str]) -> dict[str, str]:
    """The short name of each word. Words that never meet in a statement share one."""
    uses = Counter(token for token in tokens if WORD.fullmatch(token))
    met, taken, names = _statements(tokens), defaultdict[str, set[int]](set), {}
    for word in sorted(_declared(tokens) - _property_names(tokens), key=lambda word: (-uses[word], word)):
        name = next(name for name in _letters() if name not in uses and not taken[name] & met[word])
        taken[name] |= met[word]
        names[word] = name
    return names


def _statements(tokens: list[str]) -> dict[str, set[int]]:
    """The numbers of the statements that a word stands in; words declared between statements also meet in -1."""
    found, number, depth = defaultdict[str, set[int]](set), 0, 0
    for position, part in enumerate(tokens):
        depth += (part in ("(", "[", "{")) - (part in (")", "]", "}"))
        number += depth == BODY and part == ";"
        found[part].add(number)
        if depth == BODY and part in ("const", "let"):
            found[tokens[position + 2]].add(-1)
    return found


def _declared(tokens: list[str]) -> set[str]:
    """The words behind `const` and `let`, and the parameters of arrow functions."""
    found = set()
    for position, part in enumerate(tokens):
        if part in ("const", "let"):
            found |= _pattern(tokens[position + 1 :])
        elif part == "=>":
            opening = max((i for i in range(position) if tokens[i] == "("), default=0)
            found |= set(tokens[opening:position]) if tokens[position - 1] == ")" else {tokens[position - 1]}
    return {word for word in found if WORD.fullmatch(word)}


def _pattern(tokens: list[str]) -> set[str]:
    """The one name that is declared, or those of `[a, b]`."""
    return set(tokens[: tokens.index("]")]) if "[" in tokens[:2] else {tokens[1]}


def _property_names(tokens: list[str]) -> set[str]:
    """Words behind a dot, before the colon of a key, or alone between commas in braces, where `{a}` means `{a: a}`."""
    found, brackets = set(), [""]
    for before, part, after in zip(["", *tokens], tokens, [*tokens[1:], ""], strict=False):
        if part in ("(", "[", "{"):
            brackets.append(part)
        elif part in (")", "]", "}"):
            brackets.pop()
        elif before == "." or (brackets[-1] == "{" and before in ("{", ",") and after in (":", ",", "}")):
            found.add(part)
    return found


def _letters() -> Iterator[str]:
    for length in count(1):
        yield from ("".join(letters) for letters in product(ascii_letters, repeat=length))
