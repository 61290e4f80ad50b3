"""Nothing that was written is lost, doubled or out of order, whatever becomes of server, page and person."""

import base64
import time

import pytest
from playwright.sync_api import expect

from chat import connection
from chat.models import Message
from chat.services import drafts
from digi.crypto import ring
from tests.e2e.chatting import address, enter, field, row, rows, stored, texts, wait_live, write
from tests.e2e.waiting import until

pytestmark = pytest.mark.timeout(240)  # a server that was killed is found again at its clients' own pace
KEPT = """async () => {  // how much of each there is on the device
  const db = await new Promise((done) => (indexedDB.open("digi").onsuccess = ({ target }) => done(target.result)));
  const count = (name) => new Promise((done) => {
    db.transaction(name).objectStore(name).count().onsuccess = ({ target }) => done(target.result);
  });
  const found = { outbox: await count("outbox"), drafts: await count("drafts") };
  db.close();
  return found;
}"""


@pytest.fixture
def own_server(start_server):
    """A server that this test may kill."""
    return start_server()


@pytest.fixture
def page_of(new_context, session_cookie, own_server):
    """`page_of(alice)` is a page of a browser of hers on the test's own server."""

    def make(user):
        return sign_in(new_context(base_url=own_server.url), session_cookie(user)).new_page()

    return make


def sign_in(context, cookie):
    name, value = cookie.split("=", 1)
    origin = context.new_page()
    origin.goto("/healthz")
    context.clear_cookies()
    context.add_cookies([{"name": name, "value": value, "url": origin.url, "httpOnly": True, "sameSite": "Lax"}])
    origin.close()
    return context


def _without_sockets(page):
    """Let pages load and no room's socket reach the server."""
    page.route_web_socket("**/ws/chat/Z*/", lambda socket: socket.close())


def _all_sent(page, count):
    sent = page.locator("li.message:is([data-state=sent], [data-state=delivered], [data-state=read])")
    expect(sent).to_have_count(count, timeout=90_000)


def test_50_messages_survive_a_killed_server_once_and_in_order(own_server, page_of, room, alice, bob):
    here, there = enter(page_of(alice), room, alice), enter(page_of(bob), room, bob)
    for number in range(10):
        write(here, f"message {number}")

    own_server.kill()
    for number in range(10, 60):
        write(here, f"message {number}")
    expect(here.locator("connection-banner")).to_contain_text("No connection since")
    expect(row(here, "message 59")).to_have_attribute("data-state", "pending")
    expect(here.locator("room-list .mark")).to_have_text("waiting to be sent")
    own_server.start()
    _all_sent(here, 60)

    assert stored(room) == [f"message {number}" for number in range(60)]
    assert texts(here) == stored(room)
    expect(rows(there)).to_have_count(60, timeout=60_000)  # it comes back at its own pace
    assert texts(there) == stored(room)
    expect(here.locator("connection-banner")).to_be_hidden()


def test_an_outbox_outlives_its_page(own_server, page_of, room, alice):
    page = enter(page_of(alice), room, alice)
    own_server.kill()
    write(page, "first")
    write(page, "second")
    expect(rows(page)).to_have_count(2)
    expect(page.locator(".after").first).to_have_text("Waiting for the connection")
    page.goto("about:blank")
    own_server.start()

    enter(page, room, alice)
    _all_sent(page, 2)

    assert stored(room) == ["first", "second"]


def test_two_tabs_share_one_outbox(own_server, page_of, room, alice):
    one = enter(page_of(alice), room, alice)
    two = enter(one.context.new_page(), room, alice)
    own_server.kill()
    for number in range(4):
        write((one, two)[number % 2], f"message {number}")
        expect(rows((two, one)[number % 2])).to_have_count(number + 1)

    own_server.start()
    _all_sent(one, 4)
    _all_sent(two, 4)

    assert stored(room) == [f"message {number}" for number in range(4)]
    assert texts(one) == texts(two) == stored(room)


def test_tabs_without_locks_take_turns_by_lease(own_server, new_context, session_cookie, room, alice):
    context = sign_in(new_context(base_url=own_server.url), session_cookie(alice))
    context.add_init_script("Object.defineProperty(navigator, 'locks', { value: undefined })")
    one, two = enter(context.new_page(), room, alice), enter(context.new_page(), room, alice)
    own_server.kill()
    for number in range(4):
        write((one, two)[number % 2], f"message {number}")
    own_server.start()

    _all_sent(one, 4)

    assert sorted(stored(room)) == [f"message {number}" for number in range(4)]


def test_too_fast_is_waited_for_in_order(signed_in_page, room, alice):
    page = enter(signed_in_page(alice), room, alice)

    for number in range(26):
        write(page, f"message {number}")
    _all_sent(page, 26)

    assert stored(room) == [f"message {number}" for number in range(26)]


def test_another_persons_outbox_is_never_sent(own_server, new_context, session_cookie, room, alice, bob):
    context = sign_in(new_context(base_url=own_server.url), session_cookie(alice))
    page = context.new_page()
    _without_sockets(page)
    page.goto(address(room, alice))
    page.locator("chat-room[data-state]").wait_for()
    write(page, "Alice's own")
    expect(row(page, "Alice's own")).to_have_attribute("data-state", "pending")
    page.close()

    sign_in(context, session_cookie(bob))
    of_bob = enter(context.new_page(), room, bob)
    write(of_bob, "Bob's")
    _all_sent(of_bob, 1)
    of_bob.wait_for_timeout(1000)
    assert stored(room) == ["Bob's"]
    of_bob.close()
    sign_in(context, session_cookie(alice))
    page = enter(context.new_page(), room, alice)
    _all_sent(page, 1)

    assert stored(room) == ["Bob's", "Alice's own"]


def test_signing_out_warns_of_unsent_messages_and_forgets_them(signed_in_page, session_cookie, room, alice):
    page = signed_in_page(alice)
    _without_sockets(page)
    page.goto(address(room, alice))
    page.locator("chat-room[data-state]").wait_for()
    write(page, "unsent")
    expect(rows(page)).to_have_count(1)
    field(page).fill("a draft")
    page.locator(".nav .self summary").click()
    page.get_by_role("button", name="Sign out").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("1 message has not been sent yet.")
    dialog.get_by_role("button", name="Stay").click()
    expect(rows(page)).to_have_count(1)

    page.locator(".nav .self summary").click()
    page.get_by_role("button", name="Sign out").click()
    dialog.get_by_role("button", name="Sign out and delete").click()
    page.wait_for_url(lambda url: "/chat/" not in url)

    assert page.evaluate(KEPT) == {"outbox": 0, "drafts": 0}
    assert not Message.objects.exists()


def test_signing_out_with_everything_sent_asks_nothing(signed_in_page, room, alice):
    page = enter(signed_in_page(alice), room, alice)
    write(page, "sent")
    _all_sent(page, 1)

    page.locator(".nav .self summary").click()
    page.get_by_role("button", name="Sign out").click()

    page.wait_for_url(lambda url: "/chat/" not in url)


def test_a_draft_goes_on_at_another_device(signed_in_page, room, alice):
    desk = enter(signed_in_page(alice), room, alice)
    with desk.expect_response(lambda answer: answer.url.endswith("/draft/")):
        field(desk).fill("begun at the desk")

    phone = enter(signed_in_page(alice), room, alice)
    expect(field(phone)).to_have_value("begun at the desk")
    write(phone, "begun at the desk, sent from the phone")
    _all_sent(phone, 1)

    until(phone, lambda: drafts.texts([room.memberships.get(user=alice).pk]) == {})
    enter(desk, room, alice)
    expect(field(desk)).to_have_value("")


def test_a_draft_that_the_server_did_not_get_is_still_on_the_device(own_server, page_of, room, alice):
    page = enter(page_of(alice), room, alice)
    own_server.kill()
    field(page).fill("kept here")
    until(page, lambda: page.evaluate(KEPT)["drafts"])
    page.goto("about:blank")
    own_server.start()

    enter(page, room, alice)

    expect(field(page)).to_have_value("kept here")


def test_an_address_that_is_too_old_is_renewed(signed_in_page, room, alice):
    page = signed_in_page(alice)
    payload = ring().read(connection.issue(room.pk, alice.pk), 60)
    old = base64.urlsafe_b64encode(ring()._fernet.encrypt_at_time(payload, int(time.time()) - 13 * 3600))
    page.add_init_script(
        """const Real = WebSocket;
        window.opened = [];
        window.WebSocket = class extends Real {
          constructor(url, protocol) {
            const old = /chat\\/Z/.test(url) && !window.opened.length;
            if (/chat\\/Z/.test(url)) window.opened.push(url);
            super(old ? url.replace(/Z[^/]+/, "OLD") : url, protocol);
          }
        };""".replace("OLD", old.rstrip(b"=").decode())
    )
    before = address(room, alice)

    page.goto(before)
    wait_live(page)
    write(page, "under a fresh address")
    _all_sent(page, 1)

    opened = page.evaluate("opened")
    assert len(opened) == 2
    assert before not in page.url
    assert page.url.split("/")[-2] == opened[1].split("/")[-2]


def test_a_failed_message_says_why_and_offers_ways_out(signed_in_page, room, alice):
    page = enter(signed_in_page(alice), room, alice)
    write(page, "one")
    _all_sent(page, 1)
    page.evaluate("""() => {
      const send = WebSocket.prototype.send;
      WebSocket.prototype.send = function (text) {
        const frame = JSON.parse(text);
        return send.call(this, JSON.stringify(frame.type === "add" ? { ...frame, reply_to: "nowhere" } : frame));
      };
    }""")

    write(page, "two")
    expect(row(page, "two")).to_have_attribute("data-state", "failed")
    expect(row(page, "two").locator(".after")).to_contain_text("Not sent: There is no such message in this room.")
    row(page, "two").get_by_role("button", name="Edit").click()

    expect(field(page)).to_have_value("two")
    expect(row(page, "two")).to_have_count(0)
    assert texts(page) == ["one"]
    write(page, "three")
    row(page, "three").get_by_role("button", name="Discard").click()
    expect(row(page, "three")).to_have_count(0)
    assert stored(room) == ["one"]
