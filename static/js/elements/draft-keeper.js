// Keeps on the server what is being typed into the form around it, and says when it did.

import { DraftSaver } from "../models/draft-saver.js";
import { KeptForms } from "../models/kept-forms.js";

const person = document.querySelector('meta[name="person"]')?.content ?? "";
const kept = new KeptForms({ storage: localStorage, user: person });

/** `data-address` takes the form's fields; `[data-said]` within holds the last word on it. */
customElements.define("draft-keeper", class extends HTMLElement {
  #saver = new DraftSaver({ send: () => this.#sent(), tell: (said, ok) => this.#tell(said, ok) });
  #typed = ({ target }) => target.type !== "file" && target.form === this.#form && this.#saver.touch();
  #gone = () => document.hidden && this.#saver.flush();
  #submitted = (event) => this.#wait(event);

  connectedCallback() {
    document.addEventListener("input", this.#typed);
    document.addEventListener("visibilitychange", this.#gone);
    addEventListener("submit", this.#submitted, { capture: true }); // before the document hears of it
  }

  disconnectedCallback() {
    document.removeEventListener("input", this.#typed);
    document.removeEventListener("visibilitychange", this.#gone);
    removeEventListener("submit", this.#submitted, { capture: true });
  }

  get #form() {
    return this.closest("form");
  }

  /** What is sent by a button knows the version of what was saved before. */
  async #wait(event) {
    if (event.target !== this.#form || !this.#saver.behind) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    await this.#saver.rest();
    await new Promise((resolve) => setTimeout(resolve)); // a form cannot be sent while its sending is being stopped
    this.#form.requestSubmit(event.submitter);
  }

  async #sent() {
    const form = this.#form;
    const body = new FormData(form);
    body.delete("file");
    try {
      const response = await fetch(this.dataset.address, { method: "POST", body, keepalive: true, headers: { Accept: "application/json" } });
      if (response.redirected || !response.headers.get("Content-Type")?.includes("json")) {
        return { ok: false, final: response.redirected, said: gettext("Not saved: sign in again. What you typed is kept here.") };
      }
      const { version, said } = await response.json();
      if (response.ok) {
        form.elements.version.value = version;
        kept.forget(`${location.pathname}#${form.id}`);
      }
      return { ok: response.ok, said, final: true };
    } catch {
      return { ok: false, said: gettext("Not saved yet: the server does not answer. What you typed is kept here.") };
    }
  }

  #tell(said, ok) {
    this.querySelector("[data-said]").textContent = said;
    const announcer = document.getElementById("announcer");
    if (!ok && announcer) announcer.textContent = said;
  }
});
