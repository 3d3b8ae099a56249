"""The rewriting of one file for all its probes (CPython 3.9 to 3.11): pure, from text to code objects in pairs.

`Plan.swaps` maps each code object that holds hooks, itself or in nested functions, as the compiler makes it from the plain
source, to its swapped form. The keys compare by content, so code that was loaded from a cache file is found too.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from ._anchors import walk_code
from ._hits import PlaceError
from ._raw_reads import Names, read_target
from ._rewrite import Inserter, Placeholders
from ._source_map import MARK, index_occurrences
from ._sources import place_error
from ._swap_hooks import ProbedFunction, SwapPlace, make_target_hook, make_value_hook
from ._swapped_code import compile_swapped, pair_codes

if TYPE_CHECKING:
    from types import CodeType
    from typing import Any, Callable, Final

    from ._hits import Anchor, CaptureFn
    from ._occurrences import Occurrence
    from ._source_text import SourceText

    Occurrences = dict[tuple[int, int, str, str], Occurrence]
    FunctionKey = tuple[str, int, int]
    """What a function is known by from one plan to the next: kind, line, column of its node."""

_FRAMES_IN_FUNCTION: Final = (ast.ListComp, ast.SetComp, ast.DictComp)
"""Comprehensions that run at once, in a frame of their own: their hits are hits of the function around them."""


_COMPILED_NAMES: Final[dict[type, str]] = {ast.Lambda: "<lambda>", ast.GeneratorExp: "<genexpr>"}


class SwapProbe:
    """A wish, and its place once it is found in the source."""

    def __init__(self, probe_id: str, number: int, anchor: Anchor, capture: CaptureFn) -> None:
        self.id = probe_id
        self.number = number
        self.anchor = anchor
        self.capture = capture
        self.place: SwapPlace | None = None
        self.is_resting = False


class Located(NamedTuple):
    probe: SwapProbe
    one: Occurrence
    owner: ast.AST
    """The function, class body or module whose call a hit belongs to."""
    levels: int


class Plan(NamedTuple):
    text: SourceText
    module: CodeType
    """The plain code of the whole module."""
    swaps: dict[CodeType, CodeType]
    owners: dict[str, CodeType]
    """Probe id → plain code object whose calls its hits belong to."""
    failures: dict[str, PlaceError]


class FileSource(NamedTuple):
    text: SourceText
    filename: str


def make_plan(
    source: FileSource,
    probes: list[SwapProbe],
    function_of: Callable[[FunctionKey, CodeType], ProbedFunction],
    on_fault: Callable[[str, BaseException], None],
) -> Plan:
    """Raises SyntaxError and ValueError on source that does not compile."""
    text = source.text
    module = compile(text.text, source.filename, "exec", dont_inherit=True)
    tree = ast.parse(text.text, filename=source.filename)
    inserter = Inserter(tree)
    failures: dict[str, PlaceError] = {}
    located = []
    occurrences = index_occurrences(tree, text)
    for probe in probes:
        found = _locate(occurrences, tree, text, probe, inserter)
        if isinstance(found, PlaceError):
            failures[probe.id] = found
        else:
            located.append(found)
    codes = _codes_of_owners(tree, module, located)
    objects: dict[str, object] = {}
    owners: dict[str, CodeType] = {}
    entered: dict[int, tuple[ast.AST, ProbedFunction]] = {}
    for item in sorted(located, key=lambda item: (item.one.context != "load", item.one.at)):
        code = codes.get(id(item.owner))
        if code is None:
            failures[item.probe.id] = place_error("optimized_away", item.probe.anchor, "the compiler removed this code")
            continue
        function = function_of(_key(item.owner), code)
        try:
            _insert(inserter, item, function, objects, on_fault)
        except PlaceError as error:
            failures[item.probe.id] = place_error(error.code, item.probe.anchor, error.message)
            continue
        owners[item.probe.id] = code
        entered[id(item.owner)] = (item.owner, function)
    for number, (owner, function) in enumerate(entered.values()):
        switch, hook = f"\0pyprobe enter {number} switch", f"\0pyprobe enter {number}"
        objects[switch] = function.switch
        objects[hook] = function.made_generator if isinstance(owner, ast.GeneratorExp) else function.enter
        inserter.enter(owner, switch, hook)
    swapped = compile_swapped(tree, source.filename, objects)
    swaps = {plain: other for plain, other in pair_codes(module, swapped) if _has_hooks(other, objects)}
    return Plan(text, module, swaps, owners, failures)


def _locate(
    occurrences: Occurrences, tree: ast.Module, text: SourceText, probe: SwapProbe, inserter: Inserter
) -> Located | PlaceError:
    anchor = probe.anchor
    one = occurrences.get((anchor.line, text.byte_of_utf16(anchor.line, anchor.column), anchor.context, anchor.symbol))
    if one is None:
        return not_found(anchor, tree)
    owner, levels = inserter.owner(one.node), 0
    while isinstance(owner, _FRAMES_IN_FUNCTION):
        owner, levels = inserter.owner_around(owner), levels + 1
    return Located(probe, one, owner, levels)


def not_found(anchor: Anchor, tree: ast.Module) -> PlaceError:
    lines = sorted({node.lineno for node in ast.walk(tree) if isinstance(node, ast.stmt)})
    within = any(isinstance(node, ast.stmt) and node.lineno <= anchor.line <= (node.end_lineno or 0) for node in ast.walk(tree))
    if within and any(getattr(node, "lineno", None) == anchor.line for node in ast.walk(tree)):
        return place_error("no_such_name", anchor, "the name does not occur there")
    following = next((line for line in lines if line > anchor.line), None)
    hint = f" (next line with code is {following})" if following is not None else ""
    return place_error("no_code", anchor, f"the line has no code{hint}")


def _key(owner: ast.AST) -> FunctionKey:
    return type(owner).__name__, getattr(owner, "lineno", 0), getattr(owner, "col_offset", 0)


def _insert(
    inserter: Inserter,
    item: Located,
    function: ProbedFunction,
    objects: dict[str, object],
    on_fault: Callable[[str, BaseException], None],
) -> None:
    probe, one = item.probe, item.one
    marks = Placeholders(*(f"\0pyprobe {probe.id} {role}" for role in ("switch", "hook", "stash")))
    names = (one.symbol,) if one.use != "target" else target_names(one.node)
    inserter.insert(one, marks, names)
    if probe.place is None or probe.place.function is not function:
        probe.place = SwapPlace(probe.id, function, probe.capture, on_fault)
    place = probe.place
    objects[marks.switch] = place.switch
    objects[marks.stash] = place.stash
    if one.use == "target":
        objects[marks.hook] = make_target_hook(place, item.levels, names, read_target(one.symbol, Names(function.plain)))
    else:
        objects[marks.hook] = make_value_hook(place, item.levels)


def target_names(node: ast.AST) -> tuple[str, ...]:
    """The variables that an attribute or subscript target names, each once."""
    names = [part.id for part in ast.walk(node) if isinstance(part, ast.Name)]
    return tuple(dict.fromkeys(names))


def _codes_of_owners(tree: ast.Module, module: CodeType, located: list[Located]) -> dict[int, CodeType]:
    """The plain code object of each owner's node: compiled with the node's name made unique, it is found by that name."""
    found: dict[int, CodeType] = {id(tree): module}
    for item in located:
        owner = item.owner
        if id(owner) not in found:
            code = _code_of(tree, module, owner)
            if code is not None:
                found[id(owner)] = code
    return found


def _code_of(tree: ast.Module, module: CodeType, owner: ast.AST) -> CodeType | None:
    """By name and first line. Where several share both, marks the owner by a line that no file has, compiles, and follows the
    same path through the nested code."""
    line: int | None = getattr(owner, "lineno", None)
    if line is None:
        return module
    decorators: list[ast.expr] = getattr(owner, "decorator_list", [])
    name = _COMPILED_NAMES.get(type(owner), getattr(owner, "name", ""))
    first = min([line, *(decorator.lineno for decorator in decorators)])
    same = [code for code in walk_code(module) if code.co_name == name and code.co_firstlineno == first]
    if len(same) == 1:
        return same[0]
    nodes: list[Any] = [owner, *decorators]
    before = [(node, node.lineno, node.end_lineno) for node in nodes]
    try:
        for node in nodes:
            node.lineno = MARK
            node.end_lineno = MARK
        marked = compile(tree, module.co_filename, "exec", dont_inherit=True)
    finally:
        for node, first, last in before:
            node.lineno = first
            node.end_lineno = last
    return _follow(module, marked)


def _follow(plain: CodeType, marked: CodeType) -> CodeType | None:
    ours = [const for const in plain.co_consts if type(const) is type(plain)]
    theirs = [const for const in marked.co_consts if type(const) is type(plain)]
    for index, code in enumerate(theirs):
        counterpart = ours[min(index, len(ours) - 1)]
        if code.co_firstlineno == MARK:
            return counterpart
        found = _follow(counterpart, code)
        if found is not None:
            return found
    return None


def _has_hooks(code: CodeType, objects: dict[str, object]) -> bool:
    kept = {id(value) for value in objects.values()}
    return any(id(const) in kept or (type(const) is type(code) and _has_hooks(const, objects)) for const in code.co_consts)
