// How the words of a mail read, drawn by the server again as one types.

import { become, fetched } from "../lib/morph.js";

const PAUSE = 400; // milliseconds after the last key

customElements.define("mail-preview", class extends HTMLElement {
  #timer = 0;
  #turn = 0;

  connectedCallback() {
    this.#form?.addEventListener("input", this.#later);
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
    this.#form?.removeEventListener("input", this.#later);
  }

  get #form() {
    return document.getElementById(this.getAttribute("for"));
  }

  #later = () => {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#renew(), PAUSE);
  };

  async #renew() {
    const turn = (this.#turn += 1);
    const body = new FormData(this.#form);
    body.set("act", "preview");
    try {
      const { page } = await fetched(location.href, { method: "POST", body });
      if (turn === this.#turn) become(this, page);
    } catch {
      // No answer: what stands here stays, and the next letter asks again.
    }
  }
});
