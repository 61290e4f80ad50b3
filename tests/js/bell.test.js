import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { Bell } from "../../static/js/models/bell.js";

beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }));
afterEach(() => mock.timers.reset());

const news = (id, more = {}) => ({
  id, text: "Ravi left a remark", url: "/theses/a/", seen: false, read: false, done: false, snoozed_until: null, ...more,
});
const told = (n, notification, more = {}) => ({ type: "notification.new", n, notification, browser: false, ...more });

function hung({ open = "", looked = true } = {}) {
  const did = [];
  const page = { looked };
  const note = (name) => (what) => did.push([name, what?.id ?? what]);
  const bell = new Bell({
    n: 40, counted: note("counted"), show: note("show"), heap: note("heap"), outside: note("outside"), read: note("read"),
    here: ({ url }) => url === open, looked: () => page.looked,
  });
  return { bell, did, page };
}

test("a notification is shown and the count follows", () => {
  const { bell, did } = hung();

  bell.hear({ type: "welcome", last_id: 41, unread: 2 });
  bell.hear(told(41, news(17)));
  bell.hear({ type: "unread.count", unread: 3 });

  assert.deepEqual(did, [["counted", 2], ["show", 17], ["counted", 3]]);
  assert.equal(bell.n, 41);
});

test("many at once are one sentence two seconds later", () => {
  const { bell, did } = hung();
  for (let n = 41; n < 47; n += 1) bell.hear(told(n, news(n)));
  assert.deepEqual(did, [["show", 41]]);

  mock.timers.tick(2000);

  assert.deepEqual(did, [["show", 41], ["heap", 5]]);
});

test("what was read, is done or waits is not news", () => {
  const { bell, did } = hung();

  for (const more of [{ seen: true }, { read: true }, { done: true }, { snoozed_until: "2026-03-12T09:34:00.000Z" }]) {
    bell.hear(told(41, news(17, more)));
  }
  bell.hear({ type: "access.revoked", n: 42, target: "thesis:a", id: 17 });

  assert.deepEqual(did, []);
  assert.equal(bell.n, 42);
});

test("what happens on the open page is read and not shown", () => {
  const { bell, did } = hung({ open: "/theses/a/" });

  bell.hear(told(41, news(17)));

  assert.deepEqual(did, [["read", [17]]]);
});

test("what happened on the page while nobody looked is read when somebody does", () => {
  const { bell, did, page } = hung({ open: "/theses/a/", looked: false });
  bell.hear(told(41, news(17)));
  bell.hear(told(42, news(18), { browser: false }));
  assert.deepEqual(did, []);

  page.looked = true;
  bell.seen();
  bell.seen();

  assert.deepEqual(did, [["read", [17, 18]]]);
});

test("a hidden page tells outside itself what the server asks it to", () => {
  const { bell, did } = hung({ looked: false });

  bell.hear(told(41, news(17), { browser: true }));
  bell.hear(told(42, news(18)));

  assert.deepEqual(did, [["outside", 17]]);
});
