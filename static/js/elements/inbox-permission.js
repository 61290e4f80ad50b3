// Whether this browser may show notifications beyond the page, and the button that asks it.

customElements.define("inbox-permission", class extends HTMLElement {
  connectedCallback() {
    this.querySelector("button").addEventListener("click", () => this.#ask());
    this.#show();
  }

  async #ask() {
    await Notification.requestPermission();
    this.#show();
  }

  #show() {
    const state = "Notification" in window && isSecureContext ? Notification.permission : "none";
    for (const part of this.querySelectorAll("[data-state]")) part.hidden = part.dataset.state !== state;
  }
});
