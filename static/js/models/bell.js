import { Announcer } from "./announcer.js";

/** What a page does about the frames of an inbox's socket (docs/protocols/notifications.md).
 *
 * `counted(unread)` hears of counts. `show(notification)` shows a new one and `heap(n)` that there are so many: at most
 * one of them in two seconds. `outside(notification)` shows it beyond the page. One whose target is open and looked at,
 * as `here(notification)` says, is not shown but handed to `read([id])`; `looked()` says whether the page is looked at.
 */
export class Bell {
  #to;
  #announcer;
  #n;
  #waiting = [];

  constructor({ n, ...to }) {
    this.#n = n;
    this.#to = to;
    this.#announcer = new Announcer({ say: (what) => (typeof what === "number" ? to.heap(what) : to.show(what)), count: (many) => many });
  }

  /** The number of the last change that this page knows of. */
  get n() {
    return this.#n;
  }

  hear(frame) {
    if (frame.n > this.#n) this.#n = frame.n;
    if (frame.unread !== undefined) this.#to.counted(frame.unread);
    if (frame.notification && isNews(frame.notification)) this.#ring(frame);
  }

  /** The page is looked at again: what came meanwhile about what stands on it is read. */
  seen() {
    const ids = this.#waiting.splice(0);
    if (ids.length) this.#to.read(ids);
  }

  close() {
    this.#announcer.close();
  }

  #ring({ notification, browser }) {
    if (this.#to.here(notification)) {
      this.#waiting.push(notification.id);
      if (this.#to.looked()) this.seen();
      else if (browser) this.#to.outside(notification);
    } else if (this.#to.looked()) {
      this.#announcer.message(notification);
    } else if (browser) {
      this.#to.outside(notification);
    }
  }
}

/** It is new, has happened again or has come back: nobody has seen it, and it stands in the inbox. */
function isNews({ seen, read, done, snoozed_until: snoozedUntil }) {
  return !seen && !read && !done && !snoozedUntil;
}
