import { arrange, h } from "../lib/dom.js";
import { times } from "../lib/page.js";
import { fill } from "./message-item.js";

const END = 24; // pixels from the newest that still count as being there
const EARLY = 600; // pixels from the oldest at which more is fetched

/** The conversation: draws the timeline's items, scrolls, and says what is seen and asked for.
 *
 * Events: `act` ({act, key, opener}) from a message's buttons, `earlier` near the oldest message, `seen` ({seq}), `write`
 * for who wants back to the composer.
 * The newest is at scrollTop 0, so history above and messages below leave the reader where they are.
 */
customElements.define("message-log", class extends HTMLElement {
  #items = new Map(); // key → item
  #nodes = new Map(); // key → li
  #list = this.querySelector("ol");
  #newest = null;
  #unseen = 0;
  #looking = 0;

  connectedCallback() {
    for (const li of this.#list.children) if (li.dataset.key) this.#nodes.set(li.dataset.key, li);
    this.addEventListener("scroll", this, { passive: true });
    this.addEventListener("click", this);
    this.addEventListener("keydown", this);
    this.addEventListener("focusin", this);
    this.addEventListener("focusout", this);
    for (const type of ["focus", "visibilitychange"]) addEventListener(type, this, { capture: true });
    this.#newest = this.parentElement.querySelector(".newest button");
    this.#newest.addEventListener("click", () => this.toEnd());
  }

  disconnectedCallback() {
    for (const type of ["focus", "visibilitychange"]) removeEventListener(type, this, { capture: true });
  }

  handleEvent(event) {
    if (event.type === "scroll") this.#scrolled();
    else if (event.type === "click") this.#clicked(event);
    else if (event.type === "keydown") this.#keyed(event);
    else if (event.type === "focusin") this.#within(event.target, 0);
    else if (event.type === "focusout") this.#within(event.target, -1);
    else this.#look();
  }

  get atEnd() {
    return this.scrollTop > -END;
  }

  /** Someone sees the newest message: the page is in front and scrolled down. */
  get watched() {
    return this.atEnd && document.visibilityState === "visible" && document.hasFocus();
  }

  item(key) {
    return this.#items.get(key) ?? null;
  }

  /** The item of the message that has the focus, or the newest one. */
  get chosen() {
    const focused = document.activeElement?.closest?.("message-log li.message");
    const messages = [...this.#items.values()].filter((item) => item.kind === "message" && item.state !== "gone");
    return focused ? this.item(focused.dataset.key) : (messages.at(-1) ?? null);
  }

  /** Show these items. `before` is what stands on top, such as the way to earlier messages. */
  draw(items, members, before) {
    const atEnd = this.atEnd;
    const anchor = atEnd ? null : this.#anchor();
    const known = this.#items;
    this.#items = new Map(items.map((item) => [item.key, item]));
    const focused = this.#list.contains(document.activeElement) ? document.activeElement.closest("li") : null;
    arrange(this.#list, [...before, ...items.map((item) => this.#node(item, known.get(item.key), members))]);
    for (const key of this.#nodes.keys()) if (!this.#items.has(key)) this.#nodes.delete(key);
    if (focused && !this.#list.contains(document.activeElement)) (focused.isConnected ? focused : this).focus({ preventScroll: true });
    if (anchor?.node.isConnected) this.scrollTop += anchor.node.getBoundingClientRect().top - anchor.top;
    if (!atEnd && known.size) this.#unseen += arrivals(items, known);
    this.#offerNewest();
    this.#look();
  }

  toEnd() {
    this.scrollTop = 0;
  }

  focusOn(key) {
    this.#nodes.get(key)?.focus({ preventScroll: true });
  }

  /** Hand the focus of a message that goes away to the next, or to the one before. */
  focusBeside(key) {
    const messages = [...this.#list.querySelectorAll("li.message")];
    const at = messages.indexOf(this.#nodes.get(key));
    (messages[at + 1] ?? messages[at - 1] ?? this).focus({ preventScroll: true });
  }

  /** Bring a message into sight and point at it; false when it is not here. */
  show(seq) {
    const li = this.#list.querySelector(`#m${seq}`);
    if (!li) return false;
    this.#list.querySelector("[data-found]")?.removeAttribute("data-found");
    li.dataset.found = "";
    li.scrollIntoView({ block: "center", behavior: "instant" });
    li.focus({ preventScroll: true });
    setTimeout(() => li.removeAttribute("data-found"), 2500);
    return true;
  }

  /** Bring what stands below the message of an outbox entry into sight: all of it, or as much as there is room for. */
  reveal(cid) {
    const item = [...this.#items.values()].find(({ entry }) => entry?.cid === cid);
    const below = this.#nodes.get(item?.key)?.querySelector(".after");
    if (!below) return;
    const fits = below.offsetHeight < this.clientHeight;
    below.scrollIntoView({ block: fits ? "nearest" : "start", behavior: "instant" });
  }

  /** Start reading at the line above the first unread message, when it is out of sight. */
  toUnread() {
    const line = this.#list.querySelector(".unread-line");
    if (!line) return;
    const above = this.getBoundingClientRect().top - line.getBoundingClientRect().top;
    if (above > 0) this.scrollTop -= above + 16;
  }

  #node(item, before, members) {
    const known = this.#nodes.get(item.key);
    if (known && before?.stamp === item.stamp) return known;
    const li = known ?? h("li", { dataset: { key: item.key } });
    this.#nodes.set(item.key, li);
    if (item.kind === "message") fill(li, item, members);
    else if (item.kind === "day") line(li, "day", h("time", { dateTime: item.day }, item.label));
    else line(li, "unread-line", interpolate(gettext("New since %(time)s"), { time: times.since(item.at) }, true));
    return li;
  }

  // A message in sight; lines move up to their day's first message when history comes.
  #anchor() {
    const top = this.getBoundingClientRect().top;
    for (const node of this.#list.querySelectorAll("li.message")) {
      const box = node.getBoundingClientRect();
      if (box.bottom > top) return { node, top: box.top };
    }
    return null;
  }

  #scrolled() {
    if (this.atEnd) this.#unseen = 0;
    this.#offerNewest();
    if (this.scrollHeight - this.clientHeight + this.scrollTop < EARLY) this.#say("earlier");
    this.#look();
  }

  #offerNewest() {
    this.#newest.hidden = this.atEnd;
    const n = this.#unseen;
    this.#newest.textContent = n ? interpolate(ngettext("%s new ↓", "%s new ↓", n), [n]) : gettext("Newest ↓");
  }

  // Which message is the newest in sight, once the browser has laid them out.
  #look() {
    if (this.#looking) return;
    this.#looking = requestAnimationFrame(() => {
      this.#looking = 0;
      if (document.visibilityState !== "visible" || !document.hasFocus()) return;
      const bottom = this.getBoundingClientRect().bottom;
      for (let li = this.#list.lastElementChild; li; li = li.previousElementSibling) {
        const seq = this.#items.get(li.dataset.key)?.message?.seq;
        if (!seq) continue;
        const box = li.getBoundingClientRect();
        if (Math.min(box.bottom, box.top + this.clientHeight / 2) <= bottom + 1) return this.#say("seen", { seq });
      }
    });
  }

  #clicked(event) {
    const asked = event.target.closest("[data-act]");
    if (!asked) return;
    event.preventDefault();
    const key = asked.closest("li").dataset.key;
    this.#say("act", { act: asked.dataset.act, key, opener: asked });
  }

  // Up and down go from message to message; Tab then reaches what can be done with it.
  #keyed(event) {
    if (event.target.closest("[popover], .version")) return;
    if (event.key === "Escape") this.#say("write");
    if (!["ArrowUp", "ArrowDown"].includes(event.key) || event.altKey) return;
    const li = event.target.closest("li.message");
    const messages = [...this.#list.querySelectorAll("li.message")];
    const at = li ? messages.indexOf(li) : messages.length;
    const next = messages[at + (event.key === "ArrowUp" ? -1 : 1)];
    if (!next) return;
    event.preventDefault();
    next.focus();
  }

  #within(target, tabIndex) {
    const li = target.closest("li.message");
    for (const part of li?.querySelectorAll(".message-tools button, .bubble [data-act]") ?? []) part.tabIndex = tabIndex;
  }

  #say(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true }));
  }
});

function line(li, className, content) {
  li.className = className;
  if (className === "unread-line") li.id = "unread";
  li.replaceChildren(content);
}

function arrivals(items, known) {
  const last = items.findLastIndex((item) => known.has(item.key));
  return items.slice(last + 1).filter((item) => item.kind === "message" && !item.own).length;
}
