"""Pages of the admin that were opened before somebody else changed the person."""

import pytest
from django.contrib.auth.models import Group

from digi.accounts.services import people
from digi.audit.models import AuditEvent
from tests.admin import typed_into
from tests.digi.accounts.test_admin import page_of

pytestmark = pytest.mark.django_db


def test_old_page_gives_nothing_back(root, alice, admin):
    """Opened before somebody else took rights, group and address away, and sent afterwards for the name."""
    writers = Group.objects.create(name="Writers")
    people.set_rights(user=alice, is_staff=True, is_superuser=True)
    alice.groups.add(writers)
    page = root.get(page_of(alice))
    fields = typed_into(page)
    assert all(f'name="{name}"' in page.content.decode() for name in fields)
    people.set_rights(user=alice, is_staff=False, is_superuser=False)
    people.set_address(user=alice, email="new@example.org")
    alice.groups.clear()

    answer = root.post(page_of(alice), fields | {"display_name": "Alice Miller"})

    assert answer.status_code == 302
    alice.refresh_from_db()
    assert (alice.display_name, alice.email) == ("Alice Miller", "new@example.org")
    assert (alice.is_staff, alice.is_superuser, alice.groups.count()) == (False, False, 0)
    assert AuditEvent.objects.get(action="admin.changed").details == {"changed": ["Display name"]}


def test_groups_are_given_and_taken(root, alice):
    writers = Group.objects.create(name="Writers")

    root.post(page_of(alice), typed_into(root.get(page_of(alice))) | {"groups": [writers.pk]})
    assert list(alice.groups.all()) == [writers]

    root.post(page_of(alice), typed_into(root.get(page_of(alice))) | {"groups": []})
    assert not alice.groups.exists()
