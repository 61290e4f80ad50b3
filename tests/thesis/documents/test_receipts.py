"""Receipts: what they say, that they hold, and that `verify_receipt` needs nothing but the file and a public key."""

import base64
import copy
import json
import os
import subprocess
import sys
from hashlib import sha256

import pytest
from django.core.management import CommandError, call_command

from digi import crypto
from digi.crypto import KeyRing
from digi.errors import Conflict, Invalid
from digi.notifications.models import Notification
from tests.servers import ROOT
from tests.thesis.documents.conftest import BETTER, PAPER
from tests.thesis.making import dated, put, upload
from thesis.models import Receipt
from thesis.services import receipts, theses, verification
from thesis.states import State

pytestmark = pytest.mark.django_db


@pytest.fixture
def submitted(writing, alice):
    """The receipt of a submission."""
    dated(writing)
    upload(writing, "final", PAPER)
    theses.transition(thesis=writing, to="submitted", by=alice, declaration=True)
    return Receipt.objects.get()


def fresh_ring() -> KeyRing:
    return KeyRing([base64.b64encode(os.urandom(32)).decode()])


# What it says


def test_submission_gives_a_receipt(submitted, writing, alice):
    step = writing.transitions.order_by("-n").first()
    document = receipts.signed(submitted)

    assert (submitted.thesis, submitted.transition, submitted.version.sha256) == (
        writing,
        step,
        sha256(PAPER).hexdigest(),
    )
    content = document["receipt"]
    assert content["file"] == {
        "version": str(submitted.version.uuid),
        "name": "final.pdf",
        "size": len(PAPER),
        "sha256": sha256(PAPER).hexdigest(),
    }
    assert content["thesis"] == {"id": str(writing.uuid), "title": "Bounded lag"}
    assert content["chain"]["hash"] == step.hash
    assert content["submitted_at"].endswith("Z")
    assert document["key"] == crypto.ring().public_keys()[0]
    assert alice.username not in submitted.content
    assert alice.display_name not in submitted.content


def test_every_student_is_told_and_by_mail(submitted, alice):
    told = Notification.objects.get(kind="thesis.receipt")

    assert told.user == alice
    assert told.url == f"/theses/{submitted.thesis.uuid}/receipts/{submitted.uuid}/"
    assert told.facts["sha256"] == submitted.version.sha256
    assert told.facts["hash"] == submitted.transition.hash


def test_submission_that_is_refused_gives_none(writing, alice):
    with pytest.raises(Conflict):
        theses.transition(thesis=dated(writing), to="submitted", by=alice, declaration=True)

    assert not Receipt.objects.exists()


def test_each_submission_has_its_own(submitted, writing, alice):
    writing.refresh_from_db()
    put(writing, state=State.REVISION)
    upload(writing, "final", BETTER)
    theses.transition(thesis=writing, to="submitted", by=alice, declaration=True)

    digests = [receipt.version.sha256 for receipt in receipts.of(writing)]

    assert digests == [sha256(BETTER).hexdigest(), sha256(PAPER).hexdigest()]


def test_going_back_to_submitted_gives_none(submitted, writing, bob, grace):
    theses.transition(thesis=writing, to="under_review", by=bob)
    theses.transition(thesis=writing, to="submitted", by=grace, reason="Too early.")

    assert Receipt.objects.count() == 1


# That it holds


def confirm(document, *, digest: str = sha256(PAPER).hexdigest(), keys=None):
    return verification.check(document, sha256=digest, keys=keys or crypto.ring().public_keys())


def test_genuine_receipt_is_confirmed_after_a_program_has_written_it_anew(submitted):
    document = json.loads(json.dumps(receipts.signed(submitted), indent=4))

    found = confirm(document)

    assert found.name == "final.pdf"
    assert found.hash == submitted.transition.hash


CHANGES = [
    ("title", lambda receipt: receipt["thesis"].update(title="Another")),
    ("time", lambda receipt: receipt.update(submitted_at="2020-01-01T00:00:00.000Z")),
    ("digest", lambda receipt: receipt["file"].update(sha256=sha256(BETTER).hexdigest())),
    ("late", lambda receipt: receipt.update(late=not receipt["late"])),
    ("chain", lambda receipt: receipt["chain"].update(hash="0" * 64)),
    ("more", lambda receipt: receipt.update(grade="1.0")),
]


@pytest.mark.parametrize("change", [change for _, change in CHANGES], ids=[name for name, _ in CHANGES])
def test_changed_receipt_is_refused(submitted, change):
    document = receipts.signed(submitted)
    change(document["receipt"])

    with pytest.raises(Invalid) as raised:
        confirm(document)

    assert raised.value.code == "bad_signature"


@pytest.mark.parametrize("change", [change for _, change in CHANGES[2:5:2]], ids=["digest", "chain"])
def test_chain_must_follow_even_where_the_signature_fits(submitted, change):
    """As if the server had signed a receipt that its own history does not know."""
    document = receipts.signed(submitted)
    change(document["receipt"])
    document["key"], document["signature"] = crypto.ring().sign(receipts.canonical(document["receipt"]).encode())

    with pytest.raises(Invalid) as raised:
        confirm(document)

    assert raised.value.code == "broken_chain"


def test_another_file_is_refused(submitted):
    with pytest.raises(Invalid) as raised:
        confirm(receipts.signed(submitted), digest=sha256(BETTER).hexdigest())

    assert raised.value.code == "other_file"


def test_key_of_somebody_else_is_refused(submitted):
    stranger = fresh_ring()
    document = receipts.signed(submitted)
    document["key"], document["signature"] = stranger.sign(submitted.content.encode())

    with pytest.raises(Invalid) as raised:
        confirm(document)

    assert raised.value.code == "unknown_key"
    assert confirm(document, keys=stranger.public_keys())


def test_receipt_outlives_the_rotation_of_the_ring(submitted, settings):
    settings.DIGI_ENCRYPTION_KEYS = [base64.b64encode(os.urandom(32)).decode(), *settings.DIGI_ENCRYPTION_KEYS]

    assert submitted.key == crypto.ring().public_keys()[1]
    assert confirm(receipts.signed(submitted))


def test_receipt_outlives_its_key_where_the_public_one_is_named(submitted, kept, settings, capsys):
    settings.DIGI_ENCRYPTION_KEYS = [base64.b64encode(os.urandom(32)).decode()]
    with pytest.raises(CommandError, match="unknown_key"):
        call_command("verify_receipt", *kept)
    settings.DIGI_RECEIPT_KEYS = [submitted.key]

    call_command("verify_receipt", *kept)
    call_command("verify_receipt", print_keys=True)

    genuine, *_, last = capsys.readouterr().out.splitlines()
    assert genuine.startswith("The receipt is genuine")
    assert last == submitted.key


NONSENSE = [None, [], "", 7, {}, {"receipt": {}, "key": "", "signature": ""}, {"receipt": [], "key": 1, "signature": 2}]


@pytest.mark.parametrize("document", NONSENSE, ids=repr)
def test_nonsense_is_no_receipt(document):
    with pytest.raises(Invalid) as raised:
        confirm(document)

    assert raised.value.code == "not_a_receipt"


@pytest.mark.parametrize("signature", ["", "###", "A" * 86 + "==", "é"])
def test_made_up_signature_is_refused(submitted, signature):
    with pytest.raises(Invalid) as raised:
        confirm(receipts.signed(submitted) | {"signature": signature})

    assert raised.value.code == "bad_signature"


def test_half_a_chain_is_no_receipt(submitted):
    document = copy.deepcopy(receipts.signed(submitted))
    document["receipt"]["chain"] = {"hash": "0" * 64}
    document["key"], document["signature"] = crypto.ring().sign(receipts.canonical(document["receipt"]).encode())

    with pytest.raises(Invalid) as raised:
        confirm(document)

    assert raised.value.code == "not_a_receipt"


# The command


@pytest.fixture
def kept(submitted, tmp_path):
    """The two files that a student keeps."""
    receipt, file = tmp_path / "receipt.json", tmp_path / "thesis.pdf"
    receipt.write_text(json.dumps(receipts.signed(submitted)))
    file.write_bytes(PAPER)
    return receipt, file


def test_verify_receipt_needs_no_database_and_none_of_our_secrets(submitted, kept, tmp_path):
    elsewhere = {
        "DIGI_DATABASE_URL": "postgres://nobody@192.0.2.1/nothing",
        "DIGI_ENCRYPTION_KEYS": base64.b64encode(os.urandom(32)).decode(),
    }
    command = [sys.executable, "manage.py", "verify_receipt", *map(str, kept), "--key", submitted.key]

    ended = subprocess.run(
        command, cwd=ROOT, env=os.environ | elsewhere, capture_output=True, text=True, timeout=60, check=False
    )

    assert ended.returncode == 0, ended.stderr
    assert submitted.version.sha256 in ended.stdout
    assert f"{submitted.key} (named by --key)" in ended.stdout


def test_verify_receipt_trusts_the_servers_own_keys_where_none_is_named(submitted, kept, capsys):
    call_command("verify_receipt", *kept)

    assert "(of this server)" in capsys.readouterr().out


def test_verify_receipt_says_what_is_wrong(kept, tmp_path):
    receipt, file = kept
    file.write_bytes(BETTER)
    with pytest.raises(CommandError, match="other_file"):
        call_command("verify_receipt", *kept)

    receipt.write_text("{")
    with pytest.raises(CommandError, match="not_a_receipt"):
        call_command("verify_receipt", *kept)

    for names in ((receipt, tmp_path / "gone"), (tmp_path / "gone", file)):
        with pytest.raises(CommandError, match="cannot be read: No such file"):
            call_command("verify_receipt", *names)
    with pytest.raises(CommandError, match="Name the receipt and the file"):
        call_command("verify_receipt", receipt)


def test_verify_receipt_prints_the_keys(capsys):
    call_command("verify_receipt", print_keys=True)

    assert capsys.readouterr().out.split() == crypto.ring().public_keys()
