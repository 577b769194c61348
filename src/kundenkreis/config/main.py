"""The `kundenkreis` command: everything an administrator does from a shell."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import django
from django.utils import translation

from kundenkreis import __version__
from kundenkreis.config import env

Run = Callable[[argparse.Namespace], int]

INNER_SETTINGS = "kundenkreis.config.settings.inner"
EDGE_SETTINGS = "kundenkreis.config.settings.edge"
PLAIN_SETTINGS = "kundenkreis.config.settings.common"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one sub-command; returns the process's exit status."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", _settings_for(arguments))
    django.setup()
    translation.activate(env.shell_language())
    options = _parser().parse_args(arguments)
    run: Run = options.run
    try:
        return run(options)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read the answer, such as “head”, has had enough; nothing is left to be written.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 141
    except Exception as error:
        # Only our own errors are written for people; anything else is a fault to be seen whole.
        if type(error).__module__.startswith("kundenkreis.") or _is_domain_error(error):
            print(f"kundenkreis: {error}", file=sys.stderr)  # noqa: T201
            return int(getattr(error, "exit", 1))
        raise


def _is_domain_error(error: Exception) -> bool:
    from kundenkreis.kernel.errors import DomainError

    return isinstance(error, DomainError)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="kundenkreis", description="Closed-loop CRM.")
    parser.add_argument("--version", action="version", version=f"Kundenkreis {__version__}")
    commands = parser.add_subparsers(title="what you can do", metavar="COMMAND", required=True)

    def add(name: str, run: Run, text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text)
        sub.set_defaults(run=run)
        return sub

    start = add("start", _start, "set everything up if needed and serve it on this machine")
    start.add_argument("--demo", action="store_true", help="with a small demo company and its shop")
    start.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8000))
    setup = add("setup", _setup, "create or upgrade both databases")
    setup.add_argument("--demo", action="store_true", help="fill them with the demo company")
    setup.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8000))
    serve = add("serve", _serve, "serve all roles, or one of them, until told to stop")
    serve.add_argument("role", nargs="?", choices=["inner", "edge", "pulse", "worker"])
    serve.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8000))
    serve.add_argument("--demo-shop", action="store_true", help="also serve the demo shop")
    add("first-administrator", _first_administrator, "let the first administrator in").add_argument(
        "email"
    )
    add_user = add("add-user", _add_user, "let another member of staff in")
    add_user.add_argument("email")
    add_user.add_argument("--name", required=True, help="as colleagues know them")
    add_user.add_argument(
        "--role",
        action="append",
        required=True,
        metavar="ROLE",
        help="what they may do, e.g. sales; can be given several times",
    )
    add_user.add_argument(
        "--until", type=date.fromisoformat, metavar="DATE", help="their last day, e.g. 2027-03-31"
    )
    verify = add(
        "verify-audit", _verify_audit, "check the sealed audit of both sides for tampering"
    )
    verify.add_argument(
        "--head",
        type=_readable,
        metavar="FILE",
        help="what “audit-head” printed earlier and was kept elsewhere: shows a cut-off end",
    )
    add("audit-head", _audit_head, "print the newest seals of the audit, to be kept elsewhere")
    add("processing", _processing, "print the record of processing activities (GDPR Art. 30)")
    add("api", _api, "print the reference of the API: all types with their fields")
    retention = add("retention", _retention, "show what would be forgotten by now, or forget it")
    retention.add_argument("--run", action="store_true", help="forget it at once")
    backup = add("backup", _backup, "make one encrypted file of everything, or check one")
    backup.add_argument("place", type=Path, metavar="FILE|FOLDER")
    backup.add_argument(
        "--key",
        type=Path,
        metavar="FILE",
        help="holds a passphrase or an age key; else the file that KUNDENKREIS_BACKUP_KEY names",
    )
    backup.add_argument(
        "--keep", type=int, metavar="N", help="delete all but the newest N in the folder"
    )
    backup.add_argument("--check", action="store_true", help="read the file and verify all of it")
    restore = add("restore", _restore, "bring back what a backup holds")
    restore.add_argument("file", type=Path)
    restore.add_argument(
        "--key", type=Path, metavar="FILE", help="what the backup was encrypted with"
    )
    restore.add_argument(
        "--replace", action="store_true", help="put it in the place of what is there"
    )
    restore.add_argument(
        "--journal",
        type=_readable,
        action="append",
        default=[],
        metavar="FILE",
        help="a copy of the journal of erasures and objections, crm.jsonl or engage.jsonl",
    )
    restore.add_argument(
        "--without-journal",
        action="store_true",
        help="although nobody knows who was erased or objected since the backup",
    )
    upgrade = add("upgrade", _upgrade, "bring the installation to this version, or leave it alone")
    upgrade.add_argument("place", type=Path, metavar="FOLDER", help="where the backup is put")
    upgrade.add_argument(
        "--key", type=Path, metavar="FILE", help="what the backup is encrypted with, and read again"
    )
    upgrade.add_argument("--check", action="store_true", help="only look whether it can be done")
    add("release", _release, "let go what a restore holds back, or go live").add_argument(
        "--discard",
        action="append",
        default=[],
        metavar="KIND",
        help="throw away what was kept of a kind (mail) instead of sending it",
    )
    explain = add("explain", _explain, "show where a record type's pages, rights and commands are")
    explain.add_argument("type", help="e.g. opportunity")
    _families(commands)
    return parser


def _readable(text: str) -> Path:
    """A file that an argument names; the standard input is one, too."""
    path = Path("/dev/stdin" if text == "-" else text)
    if not path.exists():
        raise argparse.ArgumentTypeError(f"there is no file “{text}”")
    return path


def _families(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The families whose members live in the contexts: `import …` and `analyse …`."""
    from kundenkreis.insight import analyse
    from kundenkreis.integrations import crm

    crm.add_parsers(commands)
    analyse.add_parsers(commands)


def _settings_for(arguments: Sequence[str]) -> str:
    """The settings a command line needs; most need no database at all."""
    if arguments[:1] == ["serve"] and set(arguments[1:2]) & {"edge", "pulse"}:
        return EDGE_SETTINGS
    inner = {
        "setup",
        "import",
        "first-administrator",
        "add-user",
        "verify-audit",
        "audit-head",
        "explain",
        "processing",
        "api",
        "retention",
        "backup",
        "restore",
        "upgrade",
        "release",
    }
    if set(arguments[:1]) & inner or arguments[:2] in (["serve", "inner"], ["serve", "worker"]):
        return INNER_SETTINGS
    return PLAIN_SETTINGS


def _start(options: argparse.Namespace) -> int:
    from kundenkreis.config import supervisor

    return supervisor.start(demo=options.demo, port=options.port)


def _setup(options: argparse.Namespace) -> int:
    from kundenkreis.config import installation

    installation.prepare(demo=options.demo, port=options.port)
    return 0


def _serve(options: argparse.Namespace) -> int:
    if options.role is None:
        from kundenkreis.config import supervisor

        return supervisor.serve(port=options.port, shop=options.demo_shop)
    from kundenkreis.config import roles

    return roles.serve(options.role, options.port)


def _first_administrator(options: argparse.Namespace) -> int:
    from kundenkreis.config import installation

    return installation.first_administrator(options.email)


def _add_user(options: argparse.Namespace) -> int:
    from kundenkreis.config import installation

    return installation.add_user(
        options.email, name=options.name, roles=options.role, until=options.until
    )


def _verify_audit(options: argparse.Namespace) -> int:
    from kundenkreis.config import installation

    return installation.verify_audit(options.head)


def _audit_head(options: argparse.Namespace) -> int:
    from kundenkreis.config import installation

    return installation.audit_head()


def _processing(options: argparse.Namespace) -> int:
    from kundenkreis.dossier.processing import markdown

    print(markdown(), end="")  # noqa: T201
    return 0


def _api(options: argparse.Namespace) -> int:
    from kundenkreis.api.reference import markdown

    print(markdown(), end="")  # noqa: T201
    return 0


def _retention(options: argparse.Namespace) -> int:
    from kundenkreis.config import installation

    return installation.retention_run(run=options.run)


def _backup(options: argparse.Namespace) -> int:
    from kundenkreis.config import backups

    key = backups.key_of(options.key)
    if options.check:
        return backups.told(backups.check(options.place, key))
    backups.take(options.place, key, keep=options.keep)
    return 0


def _restore(options: argparse.Namespace) -> int:
    from kundenkreis.config import backups, restoring

    return restoring.restore(
        options.file,
        backups.key_of(options.key),
        replace=options.replace,
        journals=options.journal,
        without_journal=options.without_journal,
    )


def _upgrade(options: argparse.Namespace) -> int:
    from kundenkreis.config import backups, upgrading

    return upgrading.upgrade(options.place, backups.key_of(options.key), only_look=options.check)


def _release(options: argparse.Namespace) -> int:
    from kundenkreis.config import installation

    return installation.release(options.discard)


def _explain(options: argparse.Namespace) -> int:
    from kundenkreis.records.explain import explain

    print(explain(options.type))  # noqa: T201
    return 0


if __name__ == "__main__":
    env.adopt_parent()
    sys.exit(main())
