// Light, dark or as the system: kept on this device, applied by first-paint.js.

customElements.define("theme-switch", class extends HTMLElement {
  #mark = () => {
    const theme = document.documentElement.dataset.theme ?? "system";
    for (const button of this.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(button.value === theme));
    }
  };

  connectedCallback() {
    this.addEventListener("click", this);
    addEventListener("storage", this.#mark);
    addEventListener("theme", this.#mark);
    this.#mark();
  }

  disconnectedCallback() {
    removeEventListener("storage", this.#mark);
    removeEventListener("theme", this.#mark);
  }

  handleEvent(event) {
    const button = event.target.closest("button");
    if (!button) return;
    localStorage.setItem("digi.theme", button.value);
    dispatchEvent(new Event("theme"));
  }
});
