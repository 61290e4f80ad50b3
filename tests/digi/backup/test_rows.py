"""Rows come back as they were, whatever is in them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from uuid import UUID

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from chat.models import Room
from digi.accounts.models import Department
from digi.management.backup import rows, tables
from thesis.models import Mark, Programme, Thesis

pytestmark = pytest.mark.db

PLAIN = {
    "AutoField", "BigAutoField", "BigIntegerField", "BooleanField", "CharField", "FloatField", "GenericIPAddressField",
    "IntegerField", "JSONField", "PositiveIntegerField", "PositiveSmallIntegerField", "SlugField", "SmallIntegerField",
    "TextField",
}  # fmt: skip


def moved(model) -> int:
    """Write a table's rows down, delete them, and bring them back."""
    chunks = [chunk for chunk, _count in rows.chunks(model)]
    model._base_manager.all()._raw_delete("default")
    return sum(rows.insert(model, rows.columns_of(model), BytesIO(chunk)) for chunk in chunks)


def test_every_kind_of_column_is_known():
    kinds = {
        field.get_internal_type()
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
        if not field.is_relation
    }

    assert kinds <= PLAIN | set(rows._READERS)


def test_every_table_is_kept_or_left_out_by_name(db):
    models = tables.models_at(tables.applied())

    assert set(connection.introspection.table_names()) == {
        "django_migrations",
        *(model._meta.db_table for model in models.values()),
    }
    assert models.keys() >= tables.LEFT_OUT


def test_moments_bytes_and_ids_are_the_same(person):
    alice = person(
        "alice", display_name='Ällice "quoted" \\ 🙂\u2028', last_login=datetime(2026, 3, 29, 1, 30, 0, 1, UTC)
    )
    room = Room.objects.create(
        uuid=UUID(int=7), head=2**62, head_hash=bytes(range(32)), id_key=b"", created_by=alice, title=""
    )
    Room.objects.filter(pk=room.pk).update(created_at=datetime(2026, 1, 1, 23, 59, 59, 999_999, UTC))
    before = [list(model.objects.order_by("pk").values()) for model in (Room, type(alice))]

    assert (moved(Room), moved(type(alice))) == (1, 1)

    after = [list(model.objects.order_by("pk").values()) for model in (Room, type(alice))]
    for row in before[0] + after[0]:
        row.update(head_hash=bytes(row["head_hash"]), id_key=bytes(row["id_key"]))
    assert after == before


def test_marks_days_and_columns_that_set_themselves_are_the_same(person):
    alice, long_ago = person("alice"), timezone.now() - timedelta(days=400)
    department = Department.objects.create(name="Systems", slug="ds")
    programme = Programme.objects.create(department=department, name="Computer Science")
    thesis = Thesis.objects.create(programme=programme, title="Bounded lag", kind="master", due_on=long_ago.date())
    Thesis.objects.filter(pk=thesis.pk).update(changed_at=long_ago, search_text="something of old")
    Mark.objects.create(thesis=thesis, student=alice, entered_by=alice, value=Decimal("1.3"))
    before = [list(model.objects.values()) for model in (Thesis, Mark)]

    assert (moved(Mark), moved(Thesis)) == (1, 1)

    assert [list(model.objects.values()) for model in (Thesis, Mark)] == before


def test_more_rows_than_a_page_come_in_chunks(person, monkeypatch):
    monkeypatch.setattr(rows, "PAGE", 3)
    monkeypatch.setattr(rows, "CHUNK", 1000)
    monkeypatch.setattr(rows, "AT_ONCE", 2)
    for number in range(11):
        person(f"person{number}")
    model = apps.get_model("accounts.User")
    before = list(model.objects.order_by("pk").values())

    assert len(list(rows.chunks(model))) > 2
    assert moved(model) == 11
    assert list(model.objects.order_by("pk").values()) == before
