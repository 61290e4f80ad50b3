"""Every address of theses, by every method it has: strangers find nothing, wherever it is and whatever comes later."""

from uuid import uuid4

import pytest

from thesis import api_documents_urls, api_urls

pytestmark = pytest.mark.django_db

METHODS = ("get", "post", "put", "patch", "delete")
BY_LINK = "invited/"  # for reviewers without an account: see test_guests
BODIES = {  # where what is sent is looked at first
    "applications/<uuid:application_id>/interview/": {"slots": [{"starts_at": "2150-01-01T10:00:00Z"}]},
    "applications/<uuid:application_id>/reject/": {"rejection": "taken"},
    "theses/<uuid:thesis_id>/documents/": {"kind": "draft", "upload": str(uuid4())},
}
ADDRESSES = sorted(
    (str(pattern.pattern), method)
    for pattern in (*api_urls.urlpatterns, *api_documents_urls.urlpatterns)
    for method in METHODS
    if hasattr(pattern.callback.view_class, method) and not str(pattern.pattern).startswith(BY_LINK)
)
ONE = [(path, method) for path, method in ADDRESSES if "<uuid:" in path]
ASKED = ("theses/export/", "change-requests/")  # want to know more: see test_exports_access and test_api
LISTS = [path for path, method in ADDRESSES if "<uuid:" not in path and method == "get" and path not in ASKED]


def filled(world, path: str) -> str:
    """With the public ids of what is there; what the world has none of is somebody's all the same."""
    for part in path.split("/"):
        if part.startswith("<uuid:"):
            row = getattr(world, part.removeprefix("<uuid:").removesuffix("_id>"), None)
            path = path.replace(part, str(row.uuid if row else uuid4()))
    return path


def test_addresses_are_many():
    assert len(ONE) > 60
    assert len(LISTS) > 6


@pytest.mark.parametrize(("path", "method"), ONE)
def test_outsider_former_member_and_signed_out_find_nothing(world, api, client, path, method):
    where, body = filled(world, path), BODIES.get(path, {}) if method == "post" else {}

    outsider, former = (api(world.people[who])(method, where, body) for who in ("outsider", "former"))
    signed_out = getattr(client, method)(f"/api/v1/{where}", body, content_type="application/json")

    assert (outsider.status_code, signed_out.status_code) == (404, 401)
    if path.startswith("topics/"):  # a student of the department reads what is offered, and that is all
        assert former.status_code == (200 if method == "get" else 403)
    else:
        assert former.status_code == 404


@pytest.mark.parametrize("path", LISTS)
def test_lists_of_an_outsider_are_empty_and_signed_out_sees_none(world, api, client, path):
    answer = api(world.people["outsider"])("get", path)

    assert answer.status_code == 200
    assert not any(answer.json().values())
    assert client.get(f"/api/v1/{path}").status_code == 401
