// The inbox under one's fingers: by keys, live, with what was done taken back. Without this it is pages and forms.

import { isField } from "../lib/dom.js";
import { keepIcons } from "../lib/icons.js";
import { showKeys } from "../lib/keys-dialog.js";
import { become, fetched, overtake, sayAll } from "../lib/morph.js";
import { KeyMap } from "../models/keys.js";
import { Picking, heirOf, stepped, undoOf } from "../models/inbox-picks.js";
import { toast } from "./toast-list.js";

const TOGETHER = 150; // milliseconds in which what happens is fetched at once
const AGAIN = 3000; // milliseconds until a server that did not answer is asked again
const wide = matchMedia("(width >= 45rem)"); // the list and a notification side by side
const KEYS = { next: "j", back: "k", pick: "x", done: "e", later: "h", mute: "m", keys: "?", clear: "Escape" };
const CHANGES = ["notification.new", "notification.updated", "access.revoked"];
const GOES = /^(done|reopen|later:.*)$/; // verbs that take a row off its shelf

customElements.define("inbox-page", class extends HTMLElement {
  #keys = new KeyMap(KEYS, { singles: "singleKeys" in this.dataset });
  #picking = new Picking();
  #timer = null;
  #turn = 0; // of what is fetched, so that the last one stands
  #line = Promise.resolve(); // acts go one after the other
  #pending = 0;
  #awaited = null; // the number of a row that takes the focus when it is there again

  connectedCallback() {
    keepIcons().catch(() => {}); // without them icons are fetched one by one
    document.addEventListener("keydown", (event) => this.#keyed(event));
    document.addEventListener("click", (event) => this.#clicked(event));
    document.addEventListener("change", ({ target }) => target.matches("#news [name=n]") && this.#picked(target));
    document.addEventListener("inbox", ({ detail }) => CHANGES.includes(detail.type) && this.#soon());
    document.addEventListener("morphed", () => this.#renewed());
    window.addEventListener("submit", (event) => this.#submitted(event), { capture: true }); // before forms that stay
    window.addEventListener("popstate", () => this.#show(location.href));
    for (const box of document.querySelectorAll("#news [name=n]:checked")) this.#picked(box); // before this was here
  }

  get #rows() {
    return [...document.querySelectorAll("#news .news-row")];
  }

  /** The row that the keys are about: with the focus, or open. */
  get #row() {
    const focused = document.activeElement?.closest?.(".news > li")?.querySelector(".news-row");
    return focused ?? document.querySelector('.news-row[aria-current="true"]');
  }

  #keyed(event) {
    if (document.querySelector("dialog[open]")) return;
    const arrow = { ArrowDown: "next", ArrowUp: "back" }[event.key];
    const inList = arrow && event.target.closest("#news");
    const name = inList ? arrow : this.#keys.press(event, { inField: isField(event.target) });
    if (!name || event.defaultPrevented) return;
    if (name !== "clear") event.preventDefault();
    this.#obey(name);
  }

  #obey(name) {
    if (name === "next" || name === "back") this.#step(name === "next" ? 1 : -1);
    else if (name === "pick") this.#pick();
    else if (name === "later") this.#putOff();
    else if (name === "clear") this.#clear();
    else if (name === "keys") this.#help();
    else this.#act(name);
  }

  #step(by) {
    const rows = this.#rows;
    const row = rows[stepped(rows.indexOf(this.#row), by, rows.length)];
    row?.focus();
    row?.scrollIntoView({ block: "nearest" });
  }

  // Beside the list a notification is drawn where it stands. The one that is open already leads on, for keys alone.
  #clicked(event) {
    const row = event.target.closest?.("#news .news-row");
    if (!row || !wide.matches || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    if (row.matches('[aria-current="true"]') && event.detail === 0) location.assign(row.dataset.target);
    else this.#go(row.href);
  }

  async #go(address) {
    history.pushState(null, "", address);
    await this.#show(location.href);
  }

  async #show(address) {
    overtake();
    const turn = (this.#turn += 1);
    try {
      const { page, response } = await fetched(address);
      if (turn !== this.#turn) return; // somebody was quicker
      if (!response.ok || response.redirected) throw new Error(`HTTP ${response.status}`);
      sayAll(page);
      become(document.getElementById("main"), page);
    } catch {
      location.assign(address);
    }
  }

  #soon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#renew(), TOGETHER);
  }

  // Of what has been taken back meanwhile nothing stays on the screen. Gives whether all went well.
  async #renew() {
    const turn = (this.#turn += 1);
    try {
      const { page, response } = await fetched(location.href, { headers: { Accept: "text/html", "X-Digi-Live": "1" } });
      sayAll(page);
      if (turn !== this.#turn || this.#pending) return true; // what is on its way renews the page as well
      if (response.status === 404) location.assign(document.querySelector('.tabs [aria-current="page"]').href);
      else if (response.ok && !response.redirected) become(document.getElementById("main"), page);
      return !page.querySelector('toast-list [data-level="error"]');
    } catch {
      this.#timer = setTimeout(() => this.#renew(), AGAIN);
      return true;
    }
  }

  #renewed() {
    this.#picking.keepTo(this.#rows.map(({ dataset }) => dataset.number));
    const picked = this.#picking.numbers;
    for (const box of document.querySelectorAll("#news [name=n]")) box.checked = picked.includes(box.value);
    this.#tellPicked();
    const back = this.#awaited && document.getElementById(`open-${this.#awaited}`);
    if (!back) return;
    if (document.activeElement === document.body) back.focus();
    this.#awaited = null;
  }

  #pick() {
    this.#row?.closest("li").querySelector("[name=n]").click();
  }

  #picked({ value, checked }) {
    this.#picking.turn(value, checked);
    this.#tellPicked();
  }

  #tellPicked() {
    const many = this.#picking.size;
    const words = many ? interpolate(ngettext("%s chosen", "%s chosen", many), [many]) : "";
    const place = document.querySelector("#bulk .chosen");
    if (place.textContent !== words) place.textContent = words;
  }

  #clear() {
    for (const box of document.querySelectorAll("#news [name=n]:checked")) box.checked = false;
    delete document.getElementById("acts").dataset.dirty;
    this.#picking.clear();
    this.#tellPicked();
  }

  // A key does to the rows that are picked what their button does; where none is, to the one that one is at.
  #act(verb) {
    if (!document.querySelector(`#bulk [name=verb][value="${verb}"]`)) return; // not on this shelf
    const one = this.#row;
    const numbers = this.#picking.size ? this.#picking.numbers : one ? [one.dataset.number] : [];
    this.#do(verb, numbers);
  }

  #putOff() {
    const menu = document.querySelector("#bulk .later");
    if (!menu || (!this.#picking.size && !this.#row)) return;
    if (!this.#picking.size) this.#pick();
    menu.open = true;
    menu.querySelector("button").focus();
  }

  #submitted(event) {
    const { target, submitter } = event;
    if (!["acts", "note-acts", "note-stays", "note-unread"].includes(target.id)) return;
    event.preventDefault();
    event.stopPropagation();
    for (const menu of document.querySelectorAll("main details[open]")) menu.open = false;
    const told = new FormData(target, submitter);
    const stays = target.id === "acts" || target.id === "note-stays";
    this.#do(told.get("verb"), told.getAll("n"), { day: told.get("day") ?? "", next: stays ? "" : told.get("next") });
  }

  // At once on the screen, then at the server; what that refuses, it says, and the page is what it was.
  async #do(verb, numbers, { day = "", next = "" } = {}) {
    if (!numbers.length && verb !== "read-all") return;
    const why = document.getElementById(`news-${numbers[0]}`)?.querySelector(".why")?.textContent;
    if (GOES.test(verb)) this.#takeAway(numbers, !next);
    this.#clear();
    const sent = await this.#post(verb, numbers, day);
    if (sent && next) await this.#go(next);
    else if (!await this.#renew() || !sent) return;
    if (undoOf(verb)) this.#offerUndo(verb, numbers, why);
  }

  #takeAway(numbers, handOn) {
    const rows = this.#rows;
    const heir = heirOf(rows.map(({ dataset }) => dataset.number), numbers, rows.indexOf(this.#row));
    const hand = handOn && (document.activeElement === document.body || document.activeElement.closest("#news, #bulk"));
    for (const number of numbers) document.getElementById(`news-${number}`)?.remove();
    if (hand && heir) document.getElementById(`open-${heir}`).focus();
  }

  #post(verb, numbers, day = "") {
    const form = document.getElementById("acts");
    const body = new FormData();
    for (const field of form.querySelectorAll("[type=hidden]")) body.append(field.name, field.value);
    for (const number of numbers) body.append("n", number);
    body.append("verb", verb);
    body.append("day", day);
    this.#pending += 1;
    this.#line = this.#line.then(() => posted(form.getAttribute("action"), body)).finally(() => (this.#pending -= 1));
    return this.#line;
  }

  #offerUndo(verb, numbers, why) {
    const many = numbers.length;
    const words = { done: gettext("Done: %s"), mute: gettext("Muted: %s"), "mute-everywhere": gettext("Muted: %s") };
    const said = interpolate(words[verb] ?? gettext("Put off: %s"), [verb.startsWith("mute") && many === 1 && why ? why : many]);
    toast(said, { action: { label: gettext("Undo"), run: () => this.#takeBack(undoOf(verb), numbers) } });
  }

  async #takeBack(verb, numbers) {
    [this.#awaited] = numbers;
    if (await this.#post(verb, numbers)) await this.#renew();
  }

  #help() {
    showKeys([[gettext("Inbox"), [
      [["j", "k"], gettext("Down and up the list")], [["Enter"], gettext("Show it; once more, go where it happened")],
      [["x"], gettext("Choose it")], [["e"], gettext("Done")], [["h"], gettext("Later")], [["m"], gettext("Mute its reason")],
      [["Esc"], gettext("Choose none")],
    ]]], "singleKeys" in this.dataset);
  }
});

// Whether the server has taken it.
async function posted(address, body) {
  try {
    const { response } = await fetched(address, { method: "POST", body, headers: { Accept: "text/html", "X-Digi-Stay": "1" } });
    if (response.headers.has("X-Digi-Place")) return true;
  } catch {
    // said below
  }
  toast(gettext("Not stored: the server did not take it. The page shows what stands."));
  return false;
}
