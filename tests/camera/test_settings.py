"""The one way by which settings change."""

from contextlib import contextmanager

import pytest
from django.db import connection

from camera import capabilities
from camera.models import Camera, Change
from camera.services import agents, presets, settings
from digi.audit.models import AuditEvent
from digi.errors import Conflict, Forbidden, Invalid, NotFound


def test_change_is_numbered_remembered_and_audited(camera, bob):
    settings.change(camera=camera, by=bob, patch={"contrast": 1.5, "brightness": 0}, if_revision=1, origin="form")

    stored = Camera.objects.get()
    assert (stored.revision, stored.desired["contrast"], stored.changed_by) == (2, 1.5, bob)
    change = Change.objects.get()
    assert (change.revision, change.before, change.after) == (2, {"contrast": 1.0}, {"contrast": 1.5})
    assert (change.by, change.origin) == (bob, "form")
    assert AuditEvent.objects.filter(action="camera.set", actor_id=bob.pk).count() == 1


def test_change_to_what_stands_is_none(camera, bob):
    settings.change(camera=camera, by=bob, patch=dict(camera.desired))

    assert (Camera.objects.get().revision, Change.objects.count()) == (1, 0)


def test_later_of_two_changes_of_one_revision_is_told_what_differs(camera, alice, bob):
    settings.change(camera=camera, by=alice, patch={"contrast": 2}, if_revision=1, origin="form")

    with pytest.raises(Conflict) as refused:
        settings.change(camera=camera, by=bob, patch={"brightness": 5}, if_revision=1, origin="socket")

    error = refused.value
    assert (error.code, error.status) == ("conflict", 409)
    assert (error.extra["fields"], error.extra["revision"]) == ({"contrast": 2}, 2)
    assert error.extra["current"] == Camera.objects.get().desired
    assert Camera.objects.get().desired["brightness"] == 0


def test_change_of_a_stale_row_without_a_revision_keeps_what_others_set(camera, alice, bob):
    stale = Camera.objects.get()
    settings.change(camera=camera, by=alice, patch={"contrast": 2})

    settings.change(camera=stale, by=bob, patch={"brightness": 5})

    stored = Camera.objects.get()
    assert (stored.desired["contrast"], stored.desired["brightness"], stored.revision) == (2, 5, 3)


@pytest.mark.parametrize(
    ("patch", "field"),
    [
        ({"brightness": 101}, "brightness"),
        ({"brightness": 1.5}, "brightness"),
        ({"brightness": True}, "brightness"),
        ({"brightness": "7"}, "brightness"),
        ({"contrast": float("nan")}, "contrast"),
        ({"contrast": -0.1}, "contrast"),
        ({"bitrate_bps": 99_999}, "bitrate_bps"),
        ({"codec": "av1"}, "codec"),
        ({"overlay_clock": 1}, "overlay_clock"),
        ({"width": 641, "height": 480}, "resolution"),
        ({"width": 1280}, "resolution"),
        ({"width": 1920, "height": 1080, "fps": 31}, "fps"),
        ({"focus": 5}, "focus"),
        ({"camera_name": "Mine"}, "camera_name"),
        ({"revision": 7}, "revision"),
    ],
)
def test_what_the_camera_cannot_do_is_refused_by_name(camera, bob, patch, field):
    with pytest.raises(Invalid) as refused:
        settings.change(camera=camera, by=bob, patch=patch)

    assert list(refused.value.extra["fields"]) == [field]
    assert Camera.objects.get().revision == 1


def test_every_wrong_field_is_told_at_once(camera, bob):
    with pytest.raises(Invalid) as refused:
        settings.change(camera=camera, by=bob, patch={"brightness": 200, "contrast": 9, "fps": 30})

    assert set(refused.value.extra["fields"]) == {"brightness", "contrast"}


def test_only_operators_change(camera, alice, bob, carol, erin, frank, person):
    former = person("former")
    root = person("root", is_superuser=True)

    for value, user in enumerate((alice, bob, frank, root), 1):
        settings.change(camera=camera, by=user, patch={"brightness": value})
    with pytest.raises(Forbidden):
        settings.change(camera=camera, by=carol, patch={"brightness": 50})
    for user in (erin, former):
        with pytest.raises(NotFound):
            settings.change(camera=camera, by=user, patch={"brightness": 50})

    assert Camera.objects.get().desired["brightness"] == 4


def test_reset_brings_the_defaults_back(camera, bob):
    settings.change(camera=camera, by=bob, patch={"brightness": 9, "width": 1280, "height": 720})

    settings.reset(camera=camera, by=bob)

    assert Camera.objects.get().desired == capabilities.default_settings()
    assert Change.objects.latest("pk").origin == "reset"


def test_undo_restores_what_one_change_has_changed_and_can_be_undone(camera, bob, carol):
    settings.change(camera=camera, by=bob, patch={"brightness": 9, "contrast": 2})
    settings.change(camera=camera, by=bob, patch={"fps": 10})

    settings.undo(camera=camera, by=bob, revision=2)
    undone = dict(Camera.objects.get().desired)
    settings.undo(camera=camera, by=bob, revision=4)

    assert (undone["brightness"], undone["contrast"], undone["fps"]) == (0, 1, 10)
    assert Camera.objects.get().desired["brightness"] == 9
    with pytest.raises(NotFound):
        settings.undo(camera=camera, by=bob, revision=99)
    with pytest.raises(Forbidden):
        settings.undo(camera=camera, by=carol, revision=2)


def test_preset_keeps_settings_under_a_name(camera, bob, carol, erin):
    settings.change(camera=camera, by=bob, patch={"brightness": 9})
    preset = presets.save(camera=camera, by=bob, name=" Night ")
    settings.change(camera=camera, by=bob, patch={"brightness": -9})

    with pytest.raises(Forbidden):
        presets.apply(preset=preset, by=carol)
    with pytest.raises(NotFound):
        presets.apply(preset=preset, by=erin)
    presets.apply(preset=preset, by=bob)

    assert (preset.name, Camera.objects.get().desired["brightness"]) == ("Night", 9)
    assert Change.objects.latest("pk").origin == "preset"


def test_acknowledgement_is_kept_apart_from_what_was_asked(camera, bob):
    settings.change(camera=camera, by=bob, patch={"width": 1920, "height": 1080})
    outcomes = {"width": {"outcome": "clamped", "reason": "The lens ends there."}}

    taken = settings.acknowledge(camera=camera, revision=2, applied={"width": 1280}, outcomes=outcomes)

    stored = Camera.objects.get()
    assert taken
    assert (stored.desired["width"], stored.applied, stored.outcomes) == (1920, {"width": 1280}, outcomes)
    assert (stored.acked_revision, stored.revision, stored.is_waiting) == (2, 2, False)


def test_acknowledgement_of_what_was_never_asked_or_is_past_is_not_taken(camera, bob):
    settings.change(camera=camera, by=bob, patch={"brightness": 3})
    settings.acknowledge(camera=camera, revision=2, applied={"brightness": 3}, outcomes={})

    taken = [settings.acknowledge(camera=camera, revision=n, applied={}, outcomes={}) for n in (1, 3)]

    assert taken == [False, False]
    assert Camera.objects.get().applied == {"brightness": 3}


def test_change_costs_the_same_however_many_there_were(camera, alice, django_assert_num_queries):
    with django_assert_num_queries(15):
        settings.change(camera=camera, by=alice, patch={"brightness": 1})
    for value in (2, 3):
        settings.change(camera=camera, by=alice, patch={"brightness": value})

    with django_assert_num_queries(15):
        settings.change(camera=camera, by=alice, patch={"brightness": 4})


# Somebody sets something at the very moment in which an agent reports what the camera can do.


@contextmanager
def before_it_is_written(deed):
    """The other deed is done once, between the reading of a camera and its writing."""
    waiting = [deed]

    def notice(execute, sql, params, many, context):
        if waiting and sql.startswith("UPDATE") and Camera._meta.db_table in sql:
            waiting.pop()()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(notice):
        yield
    assert not waiting


@pytest.fixture
def able(camera):
    """What the camera can do; until now it knew no contrast."""
    able, less, desired = camera.capabilities, capabilities.default(), dict(camera.desired)
    del less["ranges"]["contrast"], desired["contrast"]
    Camera.objects.update(desired=desired, capabilities=less)
    return able


def test_report_keeps_what_is_set_meanwhile(camera, bob, able):
    def sets():
        settings.change(camera=Camera.objects.get(), by=bob, patch={"brightness": 7})

    with before_it_is_written(sets):
        agents.report(camera=Camera.objects.get(), able=able)

    stored = Camera.objects.get()
    assert (stored.desired["brightness"], stored.desired["contrast"], stored.capabilities) == (7, 1.0, able)
    assert (stored.revision, Change.objects.get().after) == (2, {"brightness": 7})


def test_change_keeps_what_is_reported_meanwhile(camera, bob, able):
    with before_it_is_written(lambda: agents.report(camera=Camera.objects.get(), able=able)):
        settings.change(camera=Camera.objects.get(), by=bob, patch={"brightness": 7}, if_revision=1)

    stored = Camera.objects.get()
    assert (stored.desired["brightness"], stored.desired["contrast"], stored.capabilities) == (7, 1.0, able)
    assert stored.revision == 2
