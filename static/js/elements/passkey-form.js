// A form whose answer is a key: mode="sign-in" asks the server for options, "confirm" and "add" have them in the page.

import { make, use } from "../lib/passkeys.js";
import { creationOptions, reason } from "../models/passkeys.js";

customElements.define("passkey-form", class extends HTMLElement {
  #waiting = null; // the browser's autofill, which listens until some form is sent

  connectedCallback() {
    this.querySelector("form").addEventListener("submit", this);
    if (this.getAttribute("mode") === "sign-in") this.#offerInField();
  }

  disconnectedCallback() {
    this.#waiting?.abort();
  }

  async handleEvent(event) {
    event.preventDefault();
    const button = event.submitter;
    button?.setAttribute("aria-busy", "true");
    try {
      this.#send(await this.#answer());
    } catch (error) {
      this.#say(reason(error, gettext));
      button?.removeAttribute("aria-busy");
    }
  }

  async #answer() {
    const options = await this.#options();
    if (this.getAttribute("mode") !== "add") return use(options.publicKey);
    return make(creationOptions(options, this.querySelector('[name="passwordless"]')?.checked ?? false));
  }

  async #options(signal) {
    const inPage = this.getAttribute("options");
    if (inPage) {
      const data = JSON.parse(document.getElementById(inPage).textContent);
      return data.creation_options ?? data.request_options;
    }
    const response = await fetch(this.querySelector("form").action, { headers: { Accept: "application/json" }, signal });
    if (!response.ok) throw new Error(`options: HTTP ${response.status}`);
    return (await response.json()).request_options;
  }

  // The list under the name's field offers passkeys too; the server is asked only when somebody goes there. Its answer
  // begins a session: one that came after a sign-in by password would take its place.
  #offerInField() {
    document.addEventListener("submit", () => this.#waiting?.abort(), { capture: true });
    const field = document.querySelector('input[autocomplete~="webauthn"]');
    field?.addEventListener("focus", async () => {
      this.#waiting = new AbortController();
      const { signal } = this.#waiting;
      try {
        if (!await PublicKeyCredential.isConditionalMediationAvailable?.() || signal.aborted) return;
        const { publicKey } = await this.#options(signal);
        this.#send(await use(publicKey, { mediation: "conditional", signal }));
      } catch {
        // Nothing was asked, so nothing is said: the button and the password are still there.
      }
    }, { once: true });
  }

  #send(answer) {
    const form = this.querySelector("form");
    form.elements.credential.value = answer;
    form.submit();
  }

  #say(sentence) {
    const line = this.querySelector(".error");
    line.textContent = sentence;
    line.hidden = false;
  }
});
