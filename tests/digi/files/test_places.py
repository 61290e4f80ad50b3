"""What DIGI_FILES may be."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from digi.environment import Environment
from digi.files.places import Bucket, parse

HERE = "endpoint=https://s3.example:9000"


def test_a_path_is_a_folder():
    assert parse("/srv/digi/files") == Path("/srv/digi/files")


@pytest.mark.parametrize(
    ("address", "bucket", "origin", "root"),
    [
        (
            f"s3://digi/uploads/a?{HERE}&region=eu-central-1",
            Bucket("digi", "uploads/a/", "https://s3.example:9000", "eu-central-1", "path"),
            "https://s3.example:9000",
            "/digi/",
        ),
        (
            f"s3://digi?{HERE}&style=virtual",
            Bucket("digi", "", "https://s3.example:9000", "us-east-1", "virtual"),
            "https://digi.s3.example:9000",
            "/",
        ),
        (
            "s3://digi/?region=eu-north-1",
            Bucket("digi", "", "https://s3.eu-north-1.amazonaws.com", "eu-north-1", "virtual"),
            "https://digi.s3.eu-north-1.amazonaws.com",
            "/",
        ),
    ],
)
def test_an_address_is_a_bucket(address, bucket, origin, root):
    found = parse(address)

    assert found == bucket
    assert (found.origin, found.root) == (origin, root)


@pytest.mark.parametrize(
    ("address", "word"),
    [
        (f"s3://?{HERE}", "bucket"),
        (f"s3://Digi_Files?{HERE}", "bucket"),
        (f"s3://digi/a b?{HERE}", "dots"),
        (f"s3://digi/../other?{HERE}", "dots"),
        (f"s3://digi?{HERE}&secret=x", "secret"),
        (f"s3://digi?{HERE}&style=dots", "style"),
        ("s3://digi?endpoint=s3.example", "endpoint"),
        ("s3://digi?endpoint=https://me:word@s3.example", "endpoint"),
        ("s3://digi?endpoint=https://example/s3", "endpoint"),
    ],
)
def test_nonsense_is_refused_at_start(monkeypatch, tmp_path, address, word):
    monkeypatch.setenv("DIGI_FILES", address)

    with pytest.raises(ImproperlyConfigured, match=f"DIGI_FILES: .*{word}"):
        Environment(tmp_path).place("DIGI_FILES", tmp_path)
