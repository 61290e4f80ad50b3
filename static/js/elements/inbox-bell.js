// The way to the inbox: counts what is unread, says what is new, and tells the page of it as the event "inbox".

import { goSignIn, socketAt } from "../lib/place.js";
import { isLookedAt, keepWatch } from "../lib/watch.js";
import { Bell } from "../models/bell.js";
import { Link } from "../models/link.js";
import { toast } from "./toast-list.js";

const MOMENT = 2000; // milliseconds in which a page that is being left need not sign in

/** `data-socket` and `data-n` say where to listen and what the page was made of; with `data-titled` the page's title
 * carries the count. Every frame is dispatched at the document as "inbox", with the frame as its detail. */
customElements.define("inbox-bell", class extends HTMLElement {
  #title = document.title.replace(/^\(\d+\+?\) /, "");
  #bell = new Bell({
    n: Number(this.dataset.n),
    counted: (unread) => this.#count(unread), show: (one) => this.#show(one), heap: (many) => this.#heap(many),
    outside: (one) => this.#outside(one), read: (ids) => this.#link.send({ type: "read", ids }),
    here: isHere, looked: () => !document.hidden,
  });
  #link = new Link({
    address: () => socketAt(this.dataset.socket), protocol: [],
    begin: () => this.#link.send({ type: "hello", last_id: this.#bell.n }), hear: (frame) => this.#heard(frame),
    changed: (state) => this.#changed(state), ends: { 4401: "signed_out", 4403: "signed_out" }, probe: () => this.#probe(),
  });

  connectedCallback() {
    addEventListener("online", () => this.#link.hurry());
    addEventListener("offline", () => this.#link.doubt());
    keepWatch({
      wake: () => this.#wake(), rest: () => this.#link.close("resting"), looked: () => this.#bell.seen(),
    });
  }

  disconnectedCallback() {
    this.#bell.close();
    this.#link.close();
  }

  #wake() {
    const { name, reason } = this.#link.state;
    if (name === "waiting") this.#link.hurry();
    else if (!this.#link.socket && reason !== "signed_out") this.#link.open();
  }

  #heard(frame) {
    this.#bell.hear(frame);
    document.dispatchEvent(new CustomEvent("inbox", { detail: frame }));
  }

  #count(unread) {
    const shown = unread > 99 ? "99+" : String(unread);
    this.querySelector("[data-count]").textContent = shown;
    this.querySelector(".count").hidden = !unread;
    if ("titled" in this.dataset) document.title = unread ? `(${shown}) ${this.#title}` : this.#title;
  }

  #show({ id, text, title }) {
    const action = { label: gettext("Open"), run: () => location.assign(this.#pageOf(id)) };
    toast(sentence(text), { detail: title, action });
  }

  #heap(many) {
    const action = { label: gettext("Open"), run: () => location.assign(this.#inbox) };
    toast(interpolate(ngettext("%s new notification", "%s new notifications", many), [many]), { action });
  }

  // The tag is one for each, so that of several hidden pages only the last one's stays.
  async #outside({ id, text, title }) {
    if (window.Notification?.permission !== "granted" || await isLookedAt()) return;
    try {
      const shown = new Notification(sentence(text), { body: title, tag: `inbox-${id}` });
      shown.addEventListener("click", () => {
        window.focus();
        location.assign(this.#pageOf(id));
      });
    } catch {
      // A phone shows nothing from pages.
    }
  }

  get #inbox() {
    return this.querySelector("a").href;
  }

  #pageOf(id) {
    return new URL(`${id}/open/`, this.#inbox).href;
  }

  // A password that was changed here ends the old session too: ask before leading anybody to the door.
  #changed({ name, reason }) {
    if (name !== "ended" || reason !== "signed_out") return;
    setTimeout(async () => (await this.#probe() === "signed_out" ? goSignIn() : this.#link.open()), MOMENT);
  }

  async #probe() {
    try {
      const { type } = await fetch(this.#inbox, { method: "HEAD", redirect: "manual", credentials: "same-origin" });
      return type === "opaqueredirect" ? "signed_out" : "unreachable";
    } catch {
      return "unreachable";
    }
  }
});

// The page of its address, or one that says what it is of by `data-told`, since a room has many addresses.
function isHere({ url, target }) {
  if (url && new URL(url, location.href).pathname === location.pathname) return true;
  return document.querySelector(`[data-told="${CSS.escape(target)}"]`) !== null;
}

function sentence(text) {
  return text.charAt(0).toLocaleUpperCase(document.documentElement.lang) + text.slice(1);
}
