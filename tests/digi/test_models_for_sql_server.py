"""Every model, every migration and every query of ours keeps the rules of serving.md for SQL Server."""

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.migrations import RunSQL
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ModelState, ProjectState
from django.db.models.functions import Lower

from tests.digi.sql_server import model_complaints, source_complaints
from tests.servers import ROOT

OURS = ("digi", "chat", "thesis", "camera")
# Django skips an expression index where the database has none, and a later migration of allauth's drops this one.
SKIPPED = "account.EmailAddress index account_emailaddress_upper is over an expression"
MODULES = sorted(path for package in OURS for path in (ROOT / package).rglob("*.py"))


def test_every_model_keeps_the_list():
    complaints = [text for model in apps.get_models() for text in model_complaints(ModelState.from_model(model))]

    assert complaints == []


def test_every_state_that_migrations_pass_through_keeps_the_list():
    loader = MigrationLoader(None, ignore_no_migrations=True)
    plan = loader.graph._generate_plan(nodes=loader.graph.leaf_nodes(), at_end=True)

    state = ProjectState()
    complaints = []
    for app_label, name in plan:
        state = loader.graph.nodes[app_label, name].mutate_state(state, preserve=False)
        mine = (model for (label, _), model in state.models.items() if label == app_label)
        complaints += [
            f"{app_label}.{name}: {text}" for model in mine for text in model_complaints(model) if text != SKIPPED
        ]

    assert len(plan) > 30
    assert complaints == []


def test_our_migrations_hold_no_sql_of_one_dialect_and_no_type_of_the_driver():
    loader = MigrationLoader(None, ignore_no_migrations=True)
    ours = [
        migration
        for migration in loader.disk_migrations.values()
        if migration.__module__.startswith(tuple(f"{package}." for package in OURS))
    ]

    raw = [str(migration) for migration in ours for step in migration.operations if isinstance(step, RunSQL)]
    patched = [path for path in MODULES if "migrations" in path.parts and "mssql" in path.read_text()]

    assert len(ours) >= 5
    assert raw == []
    assert patched == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_queries_of_a_module_keep_the_list(path):
    assert list(source_complaints(path.read_text())) == []


def test_times_are_utc_inside():
    assert (settings.USE_TZ, settings.TIME_ZONE) == (True, "UTC")


def _unique(name="once", **options):
    return {"constraints": [models.UniqueConstraint(fields=["nickname"], name=name, **options)]}


NO_NULLS = models.Q(nickname__isnull=False)
KIND = models.Q(kind=1)
LATE = models.Deferrable.DEFERRED


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"indexes": [models.Index(Lower("nickname"), name="low")]}, "index low is over an expression"),
        ({"indexes": [models.Index(fields=["nickname"], name="i" * 30)]}, None),
        (
            {"constraints": [models.UniqueConstraint(Lower("nickname"), name="low")]},
            "constraint low is over an expression",
        ),
        (_unique("c" * 60), f"constraint {'c' * 60} has a name of 60 characters"),
        (_unique("c" * 59), None),
        (_unique(deferrable=LATE), "constraint once is deferrable"),
        (_unique(condition=KIND), "constraint once needs nickname__isnull=False in its condition"),
        (_unique(condition=KIND | NO_NULLS), "constraint once needs nickname__isnull=False in its condition"),
        (_unique(condition=~NO_NULLS), "constraint once needs nickname__isnull=False in its condition"),
        (_unique(condition=KIND & NO_NULLS), None),
    ],
)
def test_rules_for_models_see_what_breaks_them(options, complaint):
    columns = [("nickname", models.CharField(max_length=800, null=True)), ("kind", models.IntegerField())]
    state = ModelState("a", "Bad", columns, options=options)

    assert list(model_complaints(state)) == ([f"a.Bad {complaint}"] if complaint else [])


def test_rules_for_models_see_a_column_that_is_too_wide():
    state = ModelState("a", "Bad", [("text", models.CharField(max_length=4001))])

    assert list(model_complaints(state)) == ["a.Bad.text holds more than 4000 characters; use a TextField"]


@pytest.mark.parametrize(
    ("field", "options", "complaint"),
    [
        (models.CharField(max_length=851, db_index=True), {}, "has an index of 1702 bytes over text; 1700 fit"),
        (models.CharField(max_length=451, primary_key=True), {}, "has an index of 902 bytes over text; 900 fit"),
        (models.CharField(max_length=850, unique=True), {}, None),
        (
            models.CharField(max_length=800),
            {"indexes": [models.Index(fields=["text", "-more"], name="both")]},
            "has an index of 1800 bytes over text, more; 1700 fit",
        ),
        (
            models.TextField(),
            {"constraints": [models.UniqueConstraint(fields=["text"], name="once")]},
            "has an index over text, which has no bound",
        ),
        (models.BinaryField(db_index=True), {}, "has an index over text, which has no bound"),
        (models.BinaryField(max_length=32, unique=True), {}, None),
    ],
)
def test_rules_for_models_see_an_index_that_is_too_wide(field, options, complaint):
    state = ModelState("a", "Bad", [("text", field), ("more", models.CharField(max_length=100))], options=options)

    assert list(model_complaints(state)) == ([f"a.Bad {complaint}"] if complaint else [])


def test_rules_for_models_see_json_that_may_be_a_bare_value():
    columns = [("facts", models.JSONField(default=dict)), ("bare", models.JSONField(default=str))]

    complaint = "a.Bad.bare may hold a bare value; SQL Server's check takes objects and lists"
    assert list(model_complaints(ModelState("a", "Bad", columns))) == [complaint]


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("rows.bulk_create(new, ignore_conflicts=True)", "ignore_conflicts is unsupported"),
        ("rows.select_for_update(of=('self',))", "select_for_update(of=…) is unsupported"),
        ("rows.filter(at__date=day)", "at__date ignores daylight saving; use explicit ranges"),
        ("rows.filter(at__month__gt=3)", "at__month__gt ignores daylight saving; use explicit ranges"),
        ("rows.filter(name__regex='^a')", "name__regex asks for what SQL Server does not know"),
        ("rows.raw('SELECT 1')", "raw(…) is SQL of one dialect; use digi.sql"),
        ("rows.annotate(all=StringAgg('name', ','))", "StringAgg is unsupported or answers otherwise"),
        ("new = rows.bulk_create(new)", "bulk_create gives keys in no promised order; use digi.sql.create"),
        ("rows.bulk_create(new)", None),
        ("rows.distinct('name')", "distinct(…) on columns is unsupported"),
        ("from django.db.models.functions import TruncDay", "TruncDay ignores daylight saving; use explicit ranges"),
        ("rows.filter(at__gte=start, at__lt=end).distinct()", None),
    ],
)
def test_rules_for_queries_see_what_breaks_them(source, complaint):
    assert list(source_complaints(source)) == ([f"line 1: {complaint}"] if complaint else [])
