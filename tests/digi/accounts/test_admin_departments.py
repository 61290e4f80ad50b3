"""Departments in the admin: people and their roles."""

import pytest

from digi.accounts.models import Affiliation, Department
from digi.accounts.services import departments
from digi.audit.models import AuditEvent
from tests.digi.accounts.conftest import audited
from tests.factories import AffiliationFactory, DepartmentFactory

pytestmark = pytest.mark.django_db

DEPARTMENTS = "/admin/accounts/department/"


def test_roles_are_given_and_taken_in_a_department(root, alice, bob, admin):
    department = DepartmentFactory(name="Dis", slug="dis")
    old = departments.grant(user=bob, department=department, role="student")
    rows = {
        "name": "Dis",
        "slug": "dis",
        "affiliations-TOTAL_FORMS": "2",
        "affiliations-INITIAL_FORMS": "1",
        "affiliations-0-id": old.pk,
        "affiliations-0-department": department.pk,
        "affiliations-0-DELETE": "on",
        "affiliations-1-user": alice.pk,
        "affiliations-1-role": "examiner",
        "affiliations-1-department": department.pk,
    }

    response = root.post(f"{DEPARTMENTS}{department.pk}/change/", rows)

    assert response.status_code == 302, response.context["errors"]
    assert list(Affiliation.objects.values_list("user__username", "role")) == [("alice", "examiner")]
    lines = AuditEvent.objects.filter(action__startswith="role.").order_by("n").values_list("action", "actor", "target")
    assert list(lines)[1:] == [
        ("role.revoked", admin.pk, f"user:{bob.uuid}"),
        ("role.granted", admin.pk, f"user:{alice.uuid}"),
    ]


def test_department_is_made_with_its_first_people(root, alice):
    rows = {
        "name": "Institute",
        "slug": "inst",
        "affiliations-TOTAL_FORMS": "1",
        "affiliations-INITIAL_FORMS": "0",
        "affiliations-0-user": alice.pk,
        "affiliations-0-role": "coordinator",
    }

    response = root.post(f"{DEPARTMENTS}add/", rows)

    assert response.status_code == 302
    assert Affiliation.objects.get().department == Department.objects.get(slug="inst")
    assert "department.created" in audited()


def test_department_with_people_is_not_deleted(root):
    affiliation = AffiliationFactory()

    assert root.post(f"{DEPARTMENTS}{affiliation.department.pk}/delete/", {"post": "yes"}).status_code == 403
