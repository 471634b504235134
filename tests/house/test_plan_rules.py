"""What is planned is asked of the plan: it knows its case, a refusal is a type of its own, and nothing is dug out."""

import ast
import functools
from collections.abc import Iterator
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[2] / "hexapod"
CASE = {"Case"}
PLAN = {"Plan", "LevelPlan", "Refusal", "FollowUp"}
# A name and three attributes: `frame.setup.level.bone`.  Who needs more asks for what is meant.
MOST_ATTRIBUTES = 3
Function = ast.FunctionDef | ast.AsyncFunctionDef


@functools.cache
def trees() -> dict[str, ast.Module]:
    found = {
        path.relative_to(HOUSE).as_posix(): ast.parse(path.read_text("utf-8"))
        for path in sorted(HOUSE.rglob("*.py"))
        if "node_modules" not in path.parts
    }
    assert len(found) > 100
    return found


def kinds(argument: ast.arg) -> set[str]:
    """The names in the type of a parameter."""
    if argument.annotation is None:
        return set()
    return {node.id for node in ast.walk(argument.annotation) if isinstance(node, ast.Name)}


def test_no_function_takes_a_plan_and_its_case() -> None:
    both = []
    for where, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, Function):
                given = [kinds(one) for one in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
                if any(one & CASE for one in given) and any(one & PLAN for one in given):
                    both.append(f"{where}: {node.name}")
    assert both == []


def test_nothing_of_a_plan_is_asserted_to_be_there() -> None:
    asserted = []
    for where, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Assert) and isinstance(node.test, ast.Compare):
                told = ast.unparse(node.test)
                names = {part.attr for part in ast.walk(node.test) if isinstance(part, ast.Attribute)}
                if told.endswith("is not None") and names & {"frame", "clearances", "real_travel", "rows"}:
                    asserted.append(f"{where}: {told}")
    assert asserted == []


def test_no_two_fingerprints_tell_whether_arguments_belong_together() -> None:
    """Only the library compares the fingerprint of a case: with what it has stored."""
    compared = []
    for where, tree in trees().items():
        if where.split("/")[0] in ("library", "app"):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Compare):
                read = [one.attr for one in ast.walk(node) if isinstance(one, ast.Attribute)]
                if sum(name in ("sha256", "case_sha256") for name in read) > 1:
                    compared.append(f"{where}: {ast.unparse(node)}")
    assert compared == []


def modules_known(tree: ast.Module) -> set[str]:
    """Names of modules and of what is imported: their attributes are addresses, not things asked of things."""
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    return {(alias.asname or alias.name).split(".")[0] for node in imports for alias in node.names}


def chains(tree: ast.Module) -> Iterator[str]:
    inner = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    known = modules_known(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and id(node) not in inner:
            count, base = 0, node
            while isinstance(base, ast.Attribute):
                count, base = count + 1, base.value  # type: ignore[assignment]
            if isinstance(base, ast.Name) and base.id not in known and count > MOST_ATTRIBUTES:
                yield ast.unparse(node)


def test_no_chain_leads_through_more_than_three_attributes() -> None:
    assert {where: told for where, tree in trees().items() if (told := list(chains(tree)))} == {}
