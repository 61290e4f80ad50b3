// Cards of cameras: their pictures are renewed while somebody looks.

const EVERY = 3000;

customElements.define("camera-cards", class extends HTMLElement {
  #seen = new Set();
  #watcher = null;
  #timer = null;

  connectedCallback() {
    this.#watcher = new IntersectionObserver((entries) => {
      for (const { isIntersecting, target } of entries) this.#seen[isIntersecting ? "add" : "delete"](target);
    });
    for (const picture of this.querySelectorAll("img")) {
      picture.dataset.address = picture.src;
      picture.addEventListener("error", () => (picture.hidden = true)); // none has come yet
      picture.addEventListener("load", () => (picture.hidden = false));
      if (picture.complete && !picture.naturalWidth) picture.hidden = true;
      this.#watcher.observe(picture.parentElement);
    }
    this.#timer = setInterval(() => this.#renew(), EVERY);
  }

  disconnectedCallback() {
    clearInterval(this.#timer);
    this.#watcher.disconnect();
  }

  // The next picture replaces this one once it is here, so that nothing flickers.
  #renew() {
    if (document.visibilityState !== "visible") return;
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
});
