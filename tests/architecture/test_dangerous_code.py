"""S12, S05: nothing in the product runs what somebody sent: no such call is in its code at all.

What needs one is named here with its reason; a new one makes this fail, and so does an entry that
nothing needs any more.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import kundenkreis

SOURCE = Path(kundenkreis.__file__).parent
# Reads objects from bytes, and so runs whatever they say.
MODULES = {
    "pickle",
    "cPickle",
    "_pickle",
    "dill",
    "shelve",
    "marshal",
    "yaml",
    "jsonpickle",
    "cloudpickle",
}
# Runs a text as a program, or hands it to a shell.
CALLS = {
    "eval", "exec", "compile", "__import__", "os.system", "os.popen", "subprocess.getoutput",
    "subprocess.getstatusoutput", "commands.getoutput", "pty.spawn", "xmlrpc.client.loads",
    "code.interact", "runpy.run_path", "importlib.reload",
}  # fmt: skip
# Builds a statement from text, past the bound values.
STATEMENTS = (".extra", "objects.raw", "manager.raw")


def dotted(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=name):
            return f"{dotted(value)}.{name}"
    return ""


def dangerous(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Import(names=names):
                yield from (one.name for one in names if one.name.split(".")[0] in MODULES)
            case ast.ImportFrom(module=module) if module and module.split(".")[0] in MODULES:
                yield module
            case ast.Call(func=func, keywords=keywords, args=arguments):
                name = dotted(func)
                if name in CALLS:
                    yield name
                if name.endswith(STATEMENTS):
                    yield f".{name.rpartition('.')[2]}"
                if name.rpartition(".")[2] == "RawSQL":
                    yield "RawSQL"
                for one in keywords:
                    if one.arg == "shell" and not (
                        isinstance(one.value, ast.Constant) and not one.value.value
                    ):
                        yield "shell="
                    if (
                        one.arg is None
                        and "request." in ast.unparse(one.value)
                        and name.endswith((".filter", ".exclude", ".get"))
                    ):
                        yield "filter(**request)"
                if (
                    name.endswith(("execute", "executemany"))
                    and arguments
                    and _is_formatted(arguments[0])
                ):
                    yield "statement from text"


def _is_formatted(node: ast.expr) -> bool:
    """Whether a text is put together where it is handed over: `f"…{x}"`, `"…" % x`, `"…" + x`."""
    match node:
        case ast.JoinedStr(values=values):
            return any(isinstance(one, ast.FormattedValue) for one in values)
        case ast.BinOp(op=ast.Mod() | ast.Add()):
            return True
        case ast.Call(func=ast.Attribute(attr="format")):
            return True
    return False


# Why each is harmless: what stands in the text is a name of ours, never something that was sent.
_OURS = "names of tables and columns as models declare them, quoted; values are bound"
_TABLE = "a table in memory of the child that compares, with names of the code; no row of anybody is in it"
ALLOWED = {
    "crm/people/duplicates/folding.py: marshal": "rows that a process hands its own child, by a pipe",
    **dict.fromkeys(
        (
            "crm/people/duplicates/blocking.py: statement from text",
            "crm/people/duplicates/pairs.py: statement from text",
            "crm/people/duplicates/scoring.py: statement from text",
            "crm/people/duplicates/table.py: statement from text",
        ),
        _TABLE,
    ),
    **dict.fromkeys(
        (
            "kernel/backup/loading.py: statement from text",
            "kernel/backup/sqlite.py: statement from text",
            "kernel/bulk.py: statement from text",
            "kernel/migrate.py: statement from text",
            "kernel/scrubbing.py: statement from text",
            "kernel/search.py: RawSQL",
            "kernel/search.py: statement from text",
        ),
        _OURS,
    ),
}


def found() -> Counter[str]:
    counted: Counter[str] = Counter()
    for path in sorted(SOURCE.rglob("*.py")):
        if not {"tests", "migrations"} & set(path.parts):
            place = path.relative_to(SOURCE).as_posix()
            counted.update(f"{place}: {one}" for one in dangerous(path.read_text("utf-8")))
    return counted


def test_s12_nothing_runs_what_was_sent() -> None:
    assert set(found()) - ALLOWED.keys() == set()
    assert ALLOWED.keys() - set(found()) == set()


def test_each_of_them_is_noticed() -> None:
    for text in (
        "import pickle", "from marshal import loads", "import yaml", "import shelve as s", "eval(x)", "exec(x)",
        "os.system(x)", "subprocess.run(x, shell=True)", "subprocess.run(x, shell=y)", "__import__(x)",
        "rows.extra(where=[x])", "Person.objects.raw(x)", "RawSQL(x, [])", "cursor.execute(f'SELECT {x}')",
        "cursor.execute('SELECT %s' % x)", "cursor.execute('SELECT ' + x)", "c.execute('{}'.format(x))",
        "rows.filter(**request.GET)",
    ):  # fmt: skip
        assert list(dangerous(text)), text
    for text in (
        "subprocess.run(x, shell=False)",
        "cursor.execute('SELECT %s', [x])",
        "rows.filter(**known)",
    ):
        assert not list(dangerous(text)), text
