import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group

from digi.audit import services
from digi.audit.models import AuditEvent
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db

LIST = "/admin/audit/auditevent/"
VERIFY = "/admin/audit/auditevent/verify/"


@pytest.fixture
def admin():
    return PersonFactory(username="root-of-all", is_staff=True, is_superuser=True)


def test_audit_shows_targets_by_their_present_names(client_for, admin):
    alice = PersonFactory(username="alice")
    services.record(action="role.granted", actor=admin, target=services.target_of(alice))
    alice.username = "alicia"
    alice.save()

    page = client_for(admin).get(LIST).content.decode()

    assert "role.granted" in page
    assert "alicia" in page


def test_audit_list_takes_the_same_queries_for_one_and_three_targets(client_for, admin):
    client = client_for(admin)
    client.get(LIST)

    def count(people):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        for number in range(people):
            person = PersonFactory()
            services.record(action="x", actor=person, target=services.target_of(person), details={"n": number})
        with CaptureQueriesContext(connection) as queries:
            client.get(LIST)
        return len(queries)

    assert count(1) == count(3)


def test_verify_says_that_the_audit_holds_and_is_itself_kept(client_for, admin):
    page = client_for(admin).post(VERIFY, follow=True).content.decode()

    assert "The audit holds" in page
    assert AuditEvent.objects.first().action == "audit.verified"


def test_verify_names_the_broken_line(client_for, admin):
    services.record(action="x")
    AuditEvent.objects.filter(n=1).update(action="y")

    assert "broken at line 1" in client_for(admin).post(VERIFY, follow=True).content.decode()


def test_verify_is_closed_to_staff_without_the_right_and_to_outsiders(client_for):
    staff, charlie = PersonFactory(is_staff=True), PersonFactory(username="charlie")

    assert client_for(staff).post(VERIFY).status_code == 403
    assert client_for(charlie).post(VERIFY, follow=True).status_code == 403
    assert not AuditEvent.objects.filter(action="audit.verified").exists()


def test_nothing_in_the_audit_can_be_added_changed_or_deleted(client_for, admin):
    event = services.record(action="x")
    client = client_for(admin)

    assert client.get(f"{LIST}add/").status_code == 403
    assert client.post(f"{LIST}{event.pk}/change/", {"action": "y"}).status_code == 403
    assert client.post(f"{LIST}{event.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.get(f"{LIST}{event.pk}/change/").status_code == 200
    assert services.verify() is None


def test_what_is_done_in_the_admin_is_kept_without_names(client_for, admin):
    client = client_for(admin)
    client.post("/admin/auth/group/add/", {"name": "Examiners"})
    group = Group.objects.get()
    client.post(f"/admin/auth/group/{group.pk}/change/", {"name": "Supervisors"})
    client.post(f"/admin/auth/group/{group.pk}/delete/", {"post": "yes"})

    lines = AuditEvent.objects.filter(action__startswith="admin.").order_by("n")
    assert [(line.action, line.actor, line.target, line.details) for line in lines] == [
        ("admin.added", admin, f"group:{group.pk}", {}),
        ("admin.changed", admin, f"group:{group.pk}", {"changed": ["Name"]}),
        ("admin.deleted", admin, f"group:{group.pk}", {}),
    ]
    assert LogEntry.objects.count() == 3
