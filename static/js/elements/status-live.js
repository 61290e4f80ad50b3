// Keeps a page as the server would draw it now, as long as somebody looks at it. It can be held, and whoever wants less
// motion begins so.

import { goSignIn } from "../lib/place.js";
import { renew } from "../lib/morph.js";

const LEAST = 10; // seconds between two looks
const AWAY = 5; // seconds until the next one where the server did not answer

/** `data-every`: seconds after which there is something new to see. */
customElements.define("status-live", class extends HTMLElement {
  #timer = null;
  #button = null;
  #said = null;
  #seen = () => this.#follow();

  connectedCallback() {
    [this.#said, this.#button] = this.children;
    this.#button.addEventListener("click", () => this.#turn());
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) this.#button.setAttribute("aria-pressed", "false");
    document.addEventListener("visibilitychange", this.#seen);
    this.#wait(this.#pause);
  }

  disconnectedCallback() {
    document.removeEventListener("visibilitychange", this.#seen);
    clearTimeout(this.#timer);
  }

  get #pause() {
    return Math.max(LEAST, Number(this.dataset.every) || 0);
  }

  get #follows() {
    return this.#button.getAttribute("aria-pressed") === "true";
  }

  #turn() {
    this.#button.setAttribute("aria-pressed", String(!this.#follows));
    this.#follow();
  }

  /** Looks at once: what was left alone for a while is old. */
  #follow() {
    this.#wait(0);
  }

  #wait(seconds) {
    clearTimeout(this.#timer);
    if (this.#follows && !document.hidden) this.#timer = setTimeout(() => this.#look(), seconds * 1000);
  }

  async #look() {
    const outcome = await renew();
    if (outcome === "signed_out") return goSignIn();
    if (outcome === "withdrawn") return location.reload();
    const away = outcome === "unreachable";
    const words = away ? gettext("The server does not answer.") : "";
    if (this.#said.textContent !== words) this.#said.textContent = words;
    this.#wait(away ? AWAY : this.#pause);
  }
});
