"""The admin: who is in which room and whether its log holds, never what was said."""

import re

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from chat.models import Change, Message, Room
from chat.services import drafts, journal
from digi.accounts.models import User
from digi.audit.models import AuditEvent
from tests.chat.writing import add, delete, edit, id_of

pytestmark = pytest.mark.django_db

SECRETS = ["geheim-gesagt", "geheim-ersetzt", "geheim-geloescht", "geheim-begonnen"]


@pytest.fixture
def talk(room, alice, bob):
    said, edited, deleted, draft = SECRETS
    journal.write(
        [
            add(room, alice, said),
            edit(room, alice, id_of(room, 1), edited),
            add(room, bob, deleted),
            delete(room, bob, id_of(room, 3)),
        ]
    )
    drafts.keep(room=room, by=alice, text=draft)
    return room


@pytest.fixture
def root(person):
    return person("head-of-it", is_staff=True, is_superuser=True)


@pytest.fixture
def office(root, client_for):
    return client_for(root)


def url(model, view: str, *arguments) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{view}", args=arguments)


def test_rooms_are_listed_with_who_and_how_much(office, talk):
    page = office.get(url(Room, "changelist")).content.decode()

    assert str(talk.uuid) in page
    assert '<td class="field-members">2</td>' in page
    assert '<td class="field-head">4</td>' in page


def test_room_shows_its_members_and_that_its_log_holds(office, talk):
    page = office.get(url(Room, "change", talk.pk)).content.decode()

    assert "complete to 4" in page
    assert "Alice" in page
    assert "Bob" in page


def test_broken_log_is_shown(office, talk):
    Change.objects.filter(n=2).update(detail="!")

    assert "broken at 2" in office.get(url(Room, "change", talk.pk)).content.decode()


def test_rooms_are_found_by_their_people(office, talk, other_room):
    page = office.get(url(Room, "changelist"), {"q": "bob"}).content.decode()

    assert str(talk.uuid) in page
    assert str(other_room.uuid) not in page


def test_no_page_of_the_admin_shows_a_text(office, talk, alice, bob):
    """Every link that leads from page to page, as far as there are any."""
    seen, waiting = set(), [reverse("admin:index")]
    while waiting:
        path = waiting.pop()
        seen.add(path)
        answer = office.get(path)
        assert answer.status_code in (200, 302), path
        page = answer.content.decode(errors="replace")
        for secret in (*SECRETS, "geheim", bytes(Message.objects.get(seq=1).body).hex()):
            assert secret not in page, path
        found = {link.partition("?")[0].partition("#")[0] for link in re.findall(r'href="(/admin/[^"]*)"', page)}
        waiting += sorted(link for link in found - seen - set(waiting) if "logout" not in link)

    assert {url(Room, "change", talk.pk), url(Room, "changelist"), url(User, "changelist")} <= seen
    assert {url(User, "change", alice.pk), url(AuditEvent, "changelist")} <= seen


def test_nothing_of_chat_but_rooms_is_in_the_admin():
    registered = {model._meta.label for model in admin.site._registry if model._meta.app_label == "chat"}

    assert registered == {"chat.Room"}


def test_rooms_are_for_looking(office, talk):
    before = Room.objects.values().get()

    assert office.get(url(Room, "add")).status_code == 403
    assert office.post(url(Room, "delete", talk.pk), {"post": "yes"}).status_code == 403
    assert office.post(url(Room, "change", talk.pk), {"kind": "group"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [talk.pk], "post": "yes"}
    office.post(url(Room, "changelist"), chosen)

    assert Room.objects.values().get() == before


def test_members_staff_without_rights_and_strangers_see_nothing(client_for, client, talk, alice, person):
    staff = person("staff", is_staff=True)

    for visitor, statuses in ((client, {302}), (client_for(alice), {302, 403}), (client_for(staff), {403})):
        for path in (url(Room, "changelist"), url(Room, "change", talk.pk)):
            answer = visitor.get(path)
            assert answer.status_code in statuses
            assert str(talk.uuid) not in answer.content.decode()


def test_list_takes_the_same_queries_for_one_room_and_three(office, alice, bob, charlie):
    from chat.services import rooms

    counted = []
    for other in (bob, charlie, bob):
        rooms.open_pair(by=alice if len(counted) < 2 else charlie, other=other)
        office.get(url(Room, "changelist"))
        with CaptureQueriesContext(connection) as captured:
            office.get(url(Room, "changelist"))
        counted.append(len(captured))

    assert Room.objects.count() == 3
    assert counted[0] == counted[2]
