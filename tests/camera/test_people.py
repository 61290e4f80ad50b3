"""Who may watch, set and run a camera."""

import pytest

from camera.models import AgentToken, Camera, Grant
from camera.services import cameras, grants, tickets, tokens
from digi.audit.models import AuditEvent
from digi.errors import Conflict, Forbidden, Invalid, NotFound
from tests.factories import AffiliationFactory


def names(found) -> list[str]:
    return [camera.slug for camera in found]


def test_role_is_the_granted_one_and_the_coordinators(camera, alice, bob, carol, erin, frank, person):
    root = person("root", is_superuser=True)
    people = (alice, bob, carol, erin, frank, root)

    roles = [cameras.role_of(user=user, camera=camera) for user in people]

    assert roles == ["admin", "operator", "viewer", None, "admin", "admin"]


@pytest.mark.parametrize(
    ("visibility", "seen"), [("granted", [None, None]), ("department", ["viewer", None]), ("everyone", ["viewer"] * 2)]
)
def test_visibility_makes_viewers_and_no_more(camera, department, erin, person, visibility, seen):
    student = person("student")
    AffiliationFactory(user=student, department=department, role="student")

    cameras.rename(camera=camera, by=None, visibility=visibility)

    assert [cameras.role_of(user=user, camera=camera) for user in (student, erin)] == seen
    listed = [names(cameras.visible_to(user=user)) for user in (student, erin)]
    assert listed == [["default"] if role else [] for role in seen]


def test_list_and_role_agree_for_everybody(camera, alice, bob, carol, erin, frank, person):
    for user in (alice, bob, carol, erin, frank, person("root", is_superuser=True)):
        assert bool(cameras.visible_to(user=user)) == (cameras.role_of(user=user, camera=camera) is not None)


def test_retired_camera_is_nobodys(camera, alice, frank):
    cameras.retire(camera=camera, by=alice)

    assert [cameras.role_of(user=user, camera=camera) for user in (alice, frank)] == [None, None]
    assert names(cameras.visible_to(user=frank)) == []
    with pytest.raises(NotFound):
        cameras.find(slug="default", user=frank)


def test_cameras_are_made_by_coordinators(department, frank, erin, person):
    made = cameras.create(by=frank, slug="lab-2", name="Lab", department=department)

    for user in (erin, frank):
        with pytest.raises(Forbidden):
            cameras.create(by=user, slug="other", name="Other", department=None)
    with pytest.raises(Conflict):
        cameras.create(by=frank, slug="lab-2", name="Lab", department=department)
    assert cameras.role_of(user=frank, camera=made) == "admin"


@pytest.mark.parametrize("slug", ["", "new", "Lab", "a_b", "-a", "a--b", "a/b", "x" * 61])
def test_short_name_must_fit_into_an_address(db, slug):
    with pytest.raises(Invalid) as refused:
        cameras.create(by=None, slug=slug, name="Lab")

    assert list(refused.value.extra["fields"]) == ["slug"]


def test_only_admins_change_a_camera(camera, alice, bob, erin):
    cameras.rename(camera=camera, by=alice, name="Hall", location="B 204")

    with pytest.raises(Forbidden):
        cameras.rename(camera=camera, by=bob, name="Mine")
    with pytest.raises(NotFound):
        cameras.retire(camera=camera, by=erin)
    stored = Camera.objects.get()
    assert (stored.name, stored.location, stored.retired_at) == ("Hall", "B 204", None)


def test_grants_are_given_changed_and_withdrawn_by_admins(camera, alice, bob, erin):
    grants.give(camera=camera, by=alice, user=erin, role="viewer")
    changed = grants.give(camera=camera, by=alice, user=erin, role="operator")
    with pytest.raises(Forbidden):
        grants.give(camera=camera, by=bob, user=erin, role="admin")
    with pytest.raises(Forbidden):
        grants.withdraw(grant=changed, by=bob)
    granted = list(Grant.objects.filter(user=erin).values_list("role", flat=True))
    grants.withdraw(grant=changed, by=alice)

    assert granted == ["operator"]
    assert cameras.role_of(user=erin, camera=camera) is None
    assert Grant.objects.filter(user=erin).count() == 0
    actions = AuditEvent.objects.filter(actor_id=alice.pk).order_by("n").values_list("action", flat=True)
    assert list(actions) == ["camera.granted", "camera.granted", "camera.withdrawn"]
    with pytest.raises(NotFound):  # a former member
        grants.give(camera=camera, by=erin, user=erin, role="admin")


def test_grant_of_no_role_or_to_nobody_is_refused(camera, alice, person):
    with pytest.raises(Invalid):
        grants.give(camera=camera, by=alice, user=person("dora"), role="owner")
    with pytest.raises(NotFound):
        grants.give(camera=camera, by=alice, user=person("gone", is_active=False), role="viewer")


def test_token_is_shown_once_and_stored_as_a_digest(camera, alice, bob):
    token, secret = tokens.issue(camera=camera, by=alice)
    with pytest.raises(Forbidden):
        tokens.issue(camera=camera, by=bob)

    assert secret.startswith("dgc_")
    stored = AgentToken.objects.values().get()
    assert secret not in map(str, stored.values())
    assert secret.startswith(token.hint)
    assert len(token.hint) < 12
    assert tokens.find([secret, secret + "x", "dgc_", "", "\ud800"]) == [token, None, None, None, None]


def test_rotated_tokens_open_nothing(camera, alice):
    _, first = tokens.issue(camera=camera, by=alice)
    _, second = tokens.issue(camera=camera, by=alice)

    fresh, third = tokens.rotate(camera=camera, by=alice)

    assert tokens.find([first, second, third]) == [None, None, fresh]


def test_token_of_a_retired_camera_opens_nothing(camera, alice):
    _, secret = tokens.issue(camera=camera, by=alice)

    cameras.retire(camera=camera, by=alice)

    assert tokens.find([secret]) == [None]


def test_ticket_is_for_its_camera_and_a_minute(camera, monkeypatch):
    shown = tickets.issue(camera=camera)
    assert tickets.read(shown) == camera.pk

    forged = [shown[:-2], shown + "A", "dgr_", shown.removeprefix("dgr_"), "dgr_" + "A" * 2000]
    monkeypatch.setattr(tickets, "LIFETIME", -1)

    assert [tickets.read(one) for one in (*forged, shown)] == [None] * 6


def test_list_of_cameras_costs_the_same_for_one_and_for_three(camera, carol, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert names(cameras.visible_to(user=carol)) == ["default"]
    for n in (2, 3):
        more = cameras.create(by=None, slug=f"camera-{n}", name=f"Lab {n}")
        grants.give(camera=more, by=None, user=carol, role="viewer")

    with django_assert_num_queries(1):
        assert len(names(cameras.visible_to(user=carol))) == 3
