"""Two people in one room, each in a browser of their own."""

import pytest
from playwright.sync_api import expect

from chat.services import messages
from tests.e2e.chatting import choose, enter, field, row, rows, stored, texts, wait_live, write
from tests.e2e.waiting import until

# Milliseconds from the hand of one to the eyes of the other, both on this machine, when it does nothing else.
WITHIN = 100
ROUNDS = 7

# When a key went down or a frame left, and when words came or went, on one clock for both pages.
WATCH = """() => {
  const now = () => performance.timeOrigin + performance.now();
  window.pressed = [];
  window.sent = {};
  window.seen = {};
  addEventListener("keydown", (event) => event.key === "Enter" && window.pressed.push(now()), { capture: true });
  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (text) {
    (window.sent[JSON.parse(text).type] ??= []).push(now());
    return send.call(this, text);
  };
  const note = () => {
    const text = document.querySelector("message-log").innerText;
    for (const word of text.match(/\\b(added|edited)-\\d+\\b/g) ?? []) window.seen[word] ??= now();
    (text.match(/deleted this message/g) ?? []).forEach((_, number) => (window.seen[`deleted-${number}`] ??= now()));
  };
  const changes = { subtree: true, childList: true, characterData: true };
  new MutationObserver(note).observe(document.querySelector("message-log"), changes);
}"""


@pytest.fixture
def pages(signed_in_page, room, alice, bob):
    """Alice's page of the room, and Bob's."""
    return enter(signed_in_page(alice), room, alice), enter(signed_in_page(bob), room, bob)


def test_adds_and_edits_reach_the_other_within_100_ms(pages, room):
    here, there = pages
    here.evaluate(WATCH)
    there.evaluate(WATCH)
    for number in range(ROUNDS):
        write(here, f"added-{number}")
        expect(row(there, f"added-{number}")).to_be_visible()
        expect(row(here, f"added-{number}")).to_have_attribute("data-state", "read")
    for number in range(ROUNDS):
        field(here).press("ArrowUp")
        write(here, f"edited-{number}")
        expect(row(there, f"edited-{number}")).to_be_visible()
        expect(row(here, f"edited-{number}")).to_have_attribute("data-state", "read")

    pressed, seen = here.evaluate("window.pressed"), there.evaluate("window.seen")
    words = [f"{kind}-{number}" for kind in ("added", "edited") for number in range(ROUNDS)]
    took = [seen[word] - at for word, at in zip(words, pressed, strict=True)]
    assert min(took[:ROUNDS]) < WITHIN, took
    assert min(took[ROUNDS:]) < WITHIN, took
    assert stored(room)[-1] == f"edited-{ROUNDS - 1}"


def test_a_delete_reaches_the_other_within_100_ms_once_it_is_sent(pages):
    here, there = pages
    words = [f"not for long {number}" for number in range(3)]
    for text in words:
        write(here, text)
        expect(row(here, text)).to_have_attribute("data-state", "read")
    here.evaluate(WATCH)
    there.evaluate(WATCH)

    for text in words:
        choose(here, row(here, text), "Delete for everyone")
    expect(there.get_by_text("Alice Winter deleted this message")).to_have_count(3)

    seen, sent = there.evaluate("window.seen"), here.evaluate("window.sent.delete")
    took = [seen[f"deleted-{number}"] - sent[number] for number in range(3)]
    assert min(took) < WITHIN, took
    expect(row(there, "not for long")).to_have_count(0)


def test_a_delete_is_undone_in_its_first_seconds(pages, room):
    here, there = pages
    write(here, "spared")
    expect(row(here, "spared")).to_have_attribute("data-state", "read")

    choose(here, row(here, "spared"), "Delete for everyone")
    expect(here.get_by_text("You deleted this message")).to_be_visible()
    here.locator(".toast").get_by_role("button", name="Undo").click()
    expect(row(here, "spared")).to_be_visible()
    here.wait_for_timeout(7000)

    expect(row(there, "spared")).to_be_visible()
    assert stored(room) == ["spared"]


def test_a_delete_whose_page_was_closed_is_sent_by_the_next(pages, room, alice):
    here, there = pages
    write(here, "late to go")
    expect(row(here, "late to go")).to_have_attribute("data-state", "read")
    choose(here, row(here, "late to go"), "Delete for everyone")
    expect(here.get_by_text("You deleted this message")).to_be_visible()  # the device has it
    here.goto("about:blank")
    here.wait_for_timeout(7000)
    expect(row(there, "late to go")).to_be_visible()

    enter(here, room, alice)

    expect(there.get_by_text("Alice Winter deleted this message")).to_be_visible()
    assert stored(room) == [None]


def test_a_tombstone_can_be_hidden_for_good(pages, room, bob):
    _, there = pages
    messages.post(room=room, by=bob, text="kept")
    written = messages.post(room=room, by=bob, text="gone")
    messages.delete(room=room, by=bob, message_id=written.message_id)
    enter(there, room, bob)

    there.get_by_role("button", name="Hide", exact=True).click()
    expect(there.get_by_text("deleted this message")).to_have_count(0)
    expect(row(there, "kept")).to_be_focused()
    enter(there, room, bob)

    expect(there.get_by_text("deleted this message")).to_have_count(0)
    assert texts(there) == ["kept"]


def test_states_go_from_pending_to_read(pages, signed_in_page, room, alice, bob):
    here, there = pages
    there.goto("/chat/")
    write(here, "how far")
    expect(row(here, "how far")).to_have_attribute("data-state", "delivered")
    expect(row(here, "how far").locator(".meta")).to_contain_text("delivered")

    enter(there, room, bob)

    expect(row(here, "how far")).to_have_attribute("data-state", "read")
    expect(row(here, "how far").locator(".meta")).to_contain_text("read")


def test_what_was_read_while_a_socket_was_away_is_known_when_it_is_back(pages, room, bob):
    here, there = pages
    there.goto("/chat/")
    write(here, "read meanwhile")
    expect(row(here, "read meanwhile")).to_have_attribute("data-state", "delivered")
    here.context.set_offline(True)
    expect(here.locator("chat-room")).not_to_have_attribute("data-state", "live")
    enter(there, room, bob)
    until(there, lambda: room.memberships.get(user=bob).read)

    here.context.set_offline(False)
    wait_live(here)

    expect(row(here, "read meanwhile")).to_have_attribute("data-state", "read")


def test_receipts_are_switched_off_for_both(pages):
    here, there = pages
    there.get_by_label("About this room").click()
    there.get_by_role("switch", name="Read receipts").click()
    expect(there.get_by_role("switch", name="Read receipts")).not_to_be_checked()
    there.keyboard.press("Escape")

    write(here, "seen or not")
    expect(row(there, "seen or not")).to_be_visible()
    write(there, "seen, and I do not say so")
    expect(row(here, "seen, and I do not say so")).to_be_visible()
    here.wait_for_timeout(500)

    expect(row(here, "seen or not")).to_have_attribute("data-state", "sent")
    expect(row(there, "seen, and I do not say so")).to_have_attribute("data-state", "sent")
    here.get_by_label("About this room").click()
    expect(here.locator("#receipts-hint")).to_have_text(
        "Bob Meyer keeps theirs off, so neither of you sees what the other has read."
    )


def test_typing_shows_and_is_announced_once(pages):
    here, there = pages
    said = "() => { window.said = []; new MutationObserver(() => window.said.push(announcer.textContent))"
    here.evaluate(f"{said}.observe(announcer, {{ childList: true }}); }}")

    field(there).press_sequentially("so")
    expect(here.locator("typing-line")).to_have_text("Bob Meyer is writing")
    there.keyboard.press("Enter")
    expect(here.locator("typing-line")).to_be_empty()
    field(there).press_sequentially("again")
    expect(here.locator("typing-line")).to_have_text("Bob Meyer is writing")
    until(here, lambda: "Bob Meyer: so" in here.evaluate("window.said"))
    here.wait_for_timeout(2500)

    spoken = [words for words in here.evaluate("window.said") if words]
    assert spoken.count("Bob Meyer is writing") == 1
    assert spoken.count("Bob Meyer: so") == 1


def test_presence_follows_the_other(pages):
    here, there = pages
    expect(here.locator(".standing")).to_have_text("online")
    expect(here.locator("room-list .presence")).to_have_count(1)

    there.context.close()

    expect(here.locator(".standing")).to_have_text("not here now")
    expect(here.locator("room-list .presence")).to_have_count(0)


def test_a_reply_quotes_and_leads_to_its_source(pages, room):
    here, there = pages
    write(here, "the *source*")
    expect(row(there, "the source")).to_be_visible()

    row(there, "the source").hover()
    row(there, "the source").get_by_role("button", name="Reply").click()
    there.keyboard.type("the reply")
    there.keyboard.press("Enter")
    quote = row(here, "the reply").locator(".quote")
    expect(quote).to_have_text("Youthe source")
    quote.click()

    expect(row(here, "the source").first).to_have_attribute("data-found", "")
    expect(row(here, "the source").first).to_be_focused()


def test_an_edit_shows_its_history(pages):
    here, there = pages
    write(here, "firsst")
    expect(row(here, "firsst")).to_have_attribute("data-state", "read")
    field(here).press("ArrowUp")
    expect(field(here)).to_have_value("firsst")
    write(here, "first")

    row(there, "first").get_by_role("button", name="edited").click()

    expect(there.get_by_role("dialog")).to_contain_text("firsst")
    there.keyboard.press("Escape")
    expect(there.get_by_role("dialog")).to_have_count(0)


def test_edit_is_cancelled_and_the_draft_comes_back(pages):
    here, _ = pages
    write(here, "stays")
    expect(row(here, "stays")).to_have_attribute("data-state", "read")
    field(here).fill("half a thought")

    choose(here, row(here, "stays"), "Edit")
    expect(field(here)).to_have_value("stays")
    field(here).press("Escape")

    expect(field(here)).to_have_value("half a thought")
    assert texts(here) == ["stays"]


def test_text_that_is_too_long_stays_in_the_field(pages, room):
    here, _ = pages
    field(here).fill("x" * 7600)
    expect(here.locator("output.left")).to_have_text("400")
    field(here).fill("👍" * 8001)
    expect(here.locator("output.left")).to_have_text("-1")

    field(here).press("Enter")

    expect(here.get_by_role("alert")).to_have_text(
        "Not sent: 8\u202f001 characters, and a message holds 8\u202f000. Your text is still here."
    )
    expect(field(here)).to_have_value("👍" * 8001)
    field(here).fill("👍" * 8000)
    field(here).press("Enter")
    expect(rows(here)).to_have_count(1)
    expect(rows(here)).to_have_attribute("data-state", "read")
    assert stored(room) == ["👍" * 8000]


def test_the_socket_is_there_for_whoever_looks(pages):
    here, _ = pages

    assert here.evaluate("chatSocket instanceof WebSocket && chatSocket.protocol") == "digi.v2"
    assert here.evaluate("import('/static/js/chat.js').then(({ chatSocket }) => chatSocket === window.chatSocket)")
