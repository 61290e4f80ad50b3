import pytest
from channels.layers import get_channel_layer
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from digi import health


def test_healthz_answers_without_a_database(client, django_assert_num_queries):
    answer = client.get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
def test_readyz_names_each_part(client, layer):
    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"
    assert {name: part["ok"] for name, part in answer.json()["parts"].items()} == {
        "database": True,
        "migrations": True,
        "layer": True,
        "keys": True,
        "files": True,
    }


@pytest.mark.django_db
def test_readyz_fails_while_a_migration_is_missing(client):
    MigrationRecorder(connection).record_unapplied("chat", "0001_first")

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["parts"]["migrations"] == {"ok": False, "error": "MigrationsMissing"}


@pytest.mark.django_db
def test_readyz_fails_without_redis_and_does_not_say_where_it_is(client, settings):
    host = {"address": "redis://user:hidden@127.0.0.1:1/0", "socket_timeout": None}
    settings.CHANNEL_LAYERS = {
        "default": {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": {"hosts": [host]}}
    }

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["parts"]["layer"] == {"ok": False, "error": "ConnectionError"}
    assert b"hidden" not in answer.content


@pytest.mark.django_db
def test_readyz_fails_with_a_key_that_is_none(client, settings):
    settings.DIGI_ENCRYPTION_KEYS = ["short"]

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["parts"]["keys"] == {"ok": False, "error": "ImproperlyConfigured"}


@pytest.mark.django_db
@pytest.mark.usefixtures("layer")
async def test_probing_the_layer_leaves_no_channel_behind():
    await health.send_round_the_layer.awaitable()

    layer = get_channel_layer()
    assert not layer.channels if hasattr(layer, "channels") else not layer._get_layer().channels
    if hasattr(layer, "flush"):
        await layer.flush()
