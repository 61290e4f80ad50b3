"""Who opened, left and joined a room stands in the audit; names and texts do not."""

import json

import pytest

from chat.services import messages, rooms
from digi.audit.models import AuditEvent
from digi.audit.services import target_of, verify
from tests.factories import PersonFactory


@pytest.mark.django_db
def test_opening_leaving_and_coming_back_are_audited():
    alice, bob = PersonFactory(username="alice"), PersonFactory(username="bob")
    room, _ = rooms.open_pair(by=alice, other=bob)
    messages.post(room=room, by=alice, text="a secret of ours")

    rooms.leave(room=room, by=bob)
    rooms.open_pair(by=bob, other=alice)

    found = AuditEvent.objects.filter(target=target_of(room)).order_by("n")
    assert [(event.action, event.actor) for event in found] == [
        ("room.opened", alice),
        ("room.left", bob),
        ("room.joined", bob),
    ]
    assert found[2].details == {"member": target_of(bob)}
    assert verify() is None
    assert not any("secret" in json.dumps(event.details) for event in found)
