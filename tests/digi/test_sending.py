"""Forms act once, however often they are sent, and a page's script learns what has come of it."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from digi import sending
from tests.digi import sending_urls


@pytest.fixture
def alice(person, settings):
    settings.ROOT_URLCONF = "tests.digi.sending_urls"
    return person("alice")


@pytest.fixture
def client(client_for, alice):
    client = client_for(alice)
    client.raise_request_exception = False
    return client


@pytest.fixture(autouse=True)
def acts() -> list[str]:
    sending_urls.acts.clear()
    sending_urls.begun.clear()
    sending_urls.go_on.clear()
    return sending_urls.acts


def form(do: str = "it") -> dict[str, str]:
    return {"do": do, "once": sending.fresh()}


def test_form_that_is_sent_twice_acts_once_and_leads_to_the_same_place(client, acts):
    sent = form()

    places = [client.post("/act/", sent).url for _ in range(2)]

    assert (acts, places) == (["it"], ["/acted/1/", "/acted/1/"])


def test_forms_that_were_drawn_twice_act_twice(client, acts):
    client.post("/act/", form())
    client.post("/act/", form())

    assert acts == ["it", "it"]


def test_script_is_told_the_place_and_keeps_the_cookies(client):
    answer = client.post("/act/", form(), headers={"X-Digi-Stay": "1"})

    assert (answer.status_code, answer.headers["X-Digi-Place"]) == (204, "/acted/1/")
    assert answer.cookies["said"].value == "Saved"


def test_script_whose_answer_was_lost_is_told_the_place_when_it_asks_again(client, acts):
    sent = form()
    client.post("/act/", sent, headers={"X-Digi-Stay": "1"})

    again = client.post("/act/", sent, headers={"X-Digi-Stay": "1"})

    assert (again.status_code, again.headers["X-Digi-Place"], acts) == (204, "/acted/1/", ["it"])


@pytest.mark.parametrize(("first", "status"), [("refuse", 422), ("fail", 500)])
def test_form_that_came_to_nothing_may_be_sent_again(client, acts, first, status):
    sent = form(first)
    refused = client.post("/act/", sent)

    again = client.post("/act/", sent | {"do": "it"})

    assert (refused.status_code, again.url, acts) == (status, "/acted/1/", ["it"])


def test_script_of_somebody_signed_out_is_not_told_that_it_is_done(client, acts):
    client.logout()

    answer = client.post("/act/", form(), headers={"X-Digi-Stay": "1"})

    assert (answer.status_code, "X-Digi-Place" in answer.headers, acts) == (302, False, [])
    assert "login" in answer.url


def test_token_of_a_form_is_its_persons_alone(client, client_for, person, acts):
    sent = form()
    client.post("/act/", sent)

    client_for(person("bob")).post("/act/", sent)

    assert acts == ["it", "it"]


@pytest.mark.parametrize("token", ["", "x", "1" * 5000])
def test_token_that_is_none_is_as_none(client, acts, token):
    for _ in range(2):
        client.post("/act/", {"do": "it", "once": token})

    assert acts == ["it", "it"]


def _sent(user, token: str) -> HttpRequest:
    request = RequestFactory().post("/act/", {"do": "slowly", "once": token})
    request.user = user
    return request


def _handled(request: HttpRequest) -> HttpResponse:
    def rest(request: HttpRequest) -> HttpResponse:
        return middleware.process_view(request, sending_urls.act, (), {}) or sending_urls.act(request)

    middleware = sending.Sending(rest)
    return middleware(request)


def test_second_click_waits_for_the_end_of_the_first(alice, acts):
    token = str(uuid4())

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(_handled, _sent(alice, token))
        assert sending_urls.begun.wait(30)
        second = threads.submit(_handled, _sent(alice, token))
        sending_urls.go_on.set()

    assert [answer.result().url for answer in (first, second)] == ["/acted/1/", "/acted/1/"]
    assert acts == ["slowly"]


def test_second_click_is_told_when_the_first_takes_too_long(client, alice, acts, monkeypatch):
    monkeypatch.setattr(sending, "PATIENCE", 0.1)
    token = str(uuid4())

    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(_handled, _sent(alice, token))
        assert sending_urls.begun.wait(30)
        second = client.post("/act/", {"do": "slowly", "once": token})
        sending_urls.go_on.set()

    assert (second.status_code, first.result().url, acts) == (409, "/acted/1/", ["slowly"])
    assert "being worked on" in second.text
