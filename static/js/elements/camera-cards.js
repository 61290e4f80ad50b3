// Cards of cameras: their pictures, and who is on air, are renewed while somebody looks.

import { goSignIn } from "../lib/place.js";
import { renew } from "../lib/morph.js";

const PICTURES = 3000;
const CARDS = 15_000;

customElements.define("camera-cards", class extends HTMLElement {
  #seen = new Set();
  #watcher = null;
  #timers = [];

  connectedCallback() {
    this.#watcher = new IntersectionObserver((entries) => {
      for (const { isIntersecting, target } of entries) this.#seen[isIntersecting ? "add" : "delete"](target);
    });
    this.#follow();
    this.#timers = [setInterval(() => this.#renewPictures(), PICTURES), setInterval(() => this.#renewCards(), CARDS)];
  }

  disconnectedCallback() {
    this.#timers.forEach(clearInterval);
    this.#watcher.disconnect();
    this.#seen.clear();
  }

  get #looked() {
    return document.visibilityState === "visible" && this.#seen.size > 0;
  }

  // Cards come and go, and so do their pictures.
  #follow() {
    for (const stage of this.querySelectorAll(".stage")) this.#watcher.observe(stage);
    for (const picture of this.querySelectorAll("img:not([data-address])")) {
      picture.dataset.address = picture.src;
      picture.addEventListener("error", () => (picture.hidden = true)); // none has come yet
      picture.addEventListener("load", () => (picture.hidden = false));
      if (picture.complete && !picture.naturalWidth) picture.hidden = true;
    }
  }

  // The next picture replaces this one once it is here, so that nothing flickers.
  #renewPictures() {
    if (!this.#looked) return;
    for (const stage of this.#seen) {
      const picture = stage.querySelector("img");
      if (!picture) continue;
      const next = new Image();
      next.addEventListener("load", () => {
        picture.src = next.src;
        picture.hidden = false;
      });
      next.src = `${picture.dataset.address}?${Date.now()}`;
    }
  }

  async #renewCards() {
    if (!this.#looked) return;
    const outcome = await renew();
    if (outcome === "signed_out") goSignIn();
    else if (outcome === "fresh" && this.isConnected) this.#follow();
  }
});
