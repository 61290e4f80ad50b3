// The list of applications: rows are picked, many are decided at once, and keys do it all.

import { ask } from "../lib/dialogs.js";
import { h, isField } from "../lib/dom.js";
import { showKeys } from "../lib/keys-dialog.js";
import { fetched } from "../lib/morph.js";
import { goSignIn } from "../lib/place.js";
import { KeyMap } from "../models/keys.js";
import { Picking } from "../models/picking.js";
import { toast } from "./toast-list.js";

const HELP = [[gettext("Applications"), [
  [["j"], gettext("Next application")], [["k"], gettext("Application before")], [["x"], gettext("Pick it, let it go")],
  [["Enter"], gettext("Open")], [["Esc"], gettext("Clear the selection")],
]]];

/** `data-single-keys` says that the person has keys of one letter switched on. */
customElements.define("application-pile", class extends HTMLElement {
  #picking = new Picking();
  #singles = "singleKeys" in this.dataset;
  #keys = new KeyMap({ next: "j", before: "k", pick: "x", help: "?" }, { singles: this.#singles });
  #pressed = (event) => this.#press(event);
  #morphed = () => this.#see();

  connectedCallback() {
    this.addEventListener("click", ({ target, shiftKey }) => {
      if (target.name === "application") this.#pick(target.value, target.checked, shiftKey);
      else if (target.closest("[data-all]")) this.#pickAll(true);
    });
    this.addEventListener("reset", (event) => {
      event.preventDefault();
      this.#pickAll(false);
    });
    this.addEventListener("submit", (event) => this.#question(event));
    document.addEventListener("keydown", this.#pressed);
    document.addEventListener("morphed", this.#morphed);
    const before = this.#boxes.filter(({ checked }) => checked);
    this.#see();
    for (const box of before) this.#pick(box.value, true); // the browser has kept them over a reload
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this.#pressed);
    document.removeEventListener("morphed", this.#morphed);
  }

  get #boxes() {
    return [...this.querySelectorAll('[name="application"]')];
  }

  #see() {
    this.#picking.see(this.#boxes.map(({ value }) => value));
    this.#show();
  }

  #pick(id, picked, through = false) {
    this.#picking.set(id, picked, { through });
    this.#show();
  }

  #pickAll(picked) {
    this.#picking.setAll(picked);
    this.#show();
  }

  #show() {
    for (const box of this.#boxes) box.checked = this.#picking.has(box.value);
    const words = interpolate(ngettext("%s selected", "%s selected", this.#picking.size), [this.#picking.size]);
    this.querySelector("[data-selected]").textContent = words;
    this.querySelector("[data-all]").hidden = false;
  }

  #press(event) {
    if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
    if (event.key === "Escape" && this.#picking.size && !isField(event.target)) {
      this.#pickAll(false);
      event.preventDefault();
      return;
    }
    const what = this.#keys.press(event, { inField: isField(event.target) });
    if (!what) return;
    event.preventDefault();
    const at = this.#at(event.target);
    if (what === "help") showKeys(HELP, this.#singles);
    else if (what !== "pick") this.#move(at, what === "next" ? 1 : -1);
    else if (at) this.#pick(at, !this.#picking.has(at));
  }

  #move(at, by) {
    const rows = this.#boxes.map(({ value }) => value);
    const to = at ? rows.indexOf(at) + by : 0;
    this.#rowOf(rows[Math.max(0, Math.min(to, rows.length - 1))]).querySelector("a").focus();
  }

  /** The row where the keys stand: the focused one, or the one that is open. */
  #at(target) {
    const row = target.closest?.(".pile-row") ?? this.querySelector('.pile-row[aria-current="true"]');
    return row?.querySelector('[name="application"]').value;
  }

  #rowOf(id) {
    return this.querySelector(`[name="application"][value="${id}"]`).closest(".pile-row");
  }

  /** What would happen is asked of the server first; its question is shown in a dialog. */
  async #question(event) {
    const { submitter, target: form } = event;
    event.preventDefault();
    submitter.setAttribute("aria-busy", "true");
    const answer = await fetched(form.getAttribute("action"), { method: "POST", body: new FormData(form, submitter) }).catch(() => null);
    submitter.removeAttribute("aria-busy");
    const inside = answer?.page.getElementById("many");
    if (inside) {
      await this.#asked(document.adoptNode(inside));
      submitter.focus();
    } else if (answer?.response.redirected) {
      goSignIn();
    } else {
      toast(answer?.page.querySelector("[data-sentence]")?.textContent.trim() ?? gettext("Nothing was done: the server does not answer. Try again in a moment."), { seconds: 0 });
    }
  }

  async #asked(inside) {
    const dialog = h("dialog", { className: "dialog", "aria-labelledby": "many-h" }, inside);
    inside.querySelector("[data-cancel]").addEventListener("click", (event) => {
      event.preventDefault();
      dialog.close();
    });
    document.body.append(dialog);
    await ask(dialog);
    dialog.remove();
  }
});
