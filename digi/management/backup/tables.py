"""Which tables there are at a state of the migrations, and how to get to one."""

from collections.abc import Callable, Iterable

from django.db import connection, models
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

Migrations = set[tuple[str, str]]

LEFT_OUT = {
    "sessions.session",  # whoever has its row is signed in: it belongs into no archive
    "usersessions.usersession",
    "files.upload",  # what is on its way: its bytes change, and whoever sends it begins anew
    "status.process",  # of this machine and this minute
    "status.sample",
}
MADE_BY_MIGRATIONS = {"contenttypes.contenttype", "auth.permission"}


def applied() -> Migrations:
    """What the database says was applied; nothing in an empty one."""
    return set(MigrationRecorder(connection).applied_migrations())


def known() -> Migrations:
    """What this release could apply."""
    return set(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


def models_at(migrations: Migrations) -> dict[str, type[models.Model]]:
    """Models by their labels as these migrations leave them, without the code of today's."""
    loader = MigrationLoader(connection)
    state = loader.project_state([node for node in sorted(migrations) if node in loader.graph.nodes])
    found = state.apps.get_models(include_auto_created=True)
    return {model._meta.label_lower: model for model in found if model._meta.managed and not model._meta.proxy}


def occupied(migrations: Migrations) -> str | None:
    """The first table that holds rows of those that are kept, and that no migration has made."""
    for label, model in models_at(migrations).items():
        if label not in MADE_BY_MIGRATIONS | LEFT_OUT and model._base_manager.exists():
            return label
    return None


def migrate_to(wanted: Migrations, say: Callable[[str], None]) -> None:
    """Apply these migrations and no others, in a database without rows; what was applied beyond them is taken back."""
    beyond = applied() - wanted
    if beyond:
        say(f"takes {len(beyond)} later migrations back")
        executor = MigrationExecutor(connection)
        apps = {app for app, _name in beyond}
        heads = dict(_heads(executor.loader, wanted))
        executor.migrate([(app, heads.get(app)) for app in sorted(apps)])
    executor = MigrationExecutor(connection)
    missing = wanted - applied()
    if missing:
        say(f"applies {len(missing)} migrations")
        executor.migrate(_heads(executor.loader, wanted))


def _heads(loader: MigrationLoader, wanted: Migrations) -> list[tuple[str, str]]:
    """Each app's last migration of those."""
    nodes = [node for node in sorted(wanted) if node in loader.graph.nodes]
    return [node for node in nodes if not _followed(loader, node, wanted)]


def _followed(loader: MigrationLoader, node: tuple[str, str], wanted: Iterable[tuple[str, str]]) -> bool:
    children = loader.graph.node_map[node].children
    return any(child.key[0] == node[0] and child.key in wanted for child in children)
