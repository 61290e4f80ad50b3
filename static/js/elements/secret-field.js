// A password that its owner may look at: the button exists for those who have scripts.

import { icon } from "../lib/icons.js";

customElements.define("secret-field", class extends HTMLElement {
  connectedCallback() {
    const input = this.querySelector("input");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button quiet square small";
    button.setAttribute("aria-label", gettext("Show the password"));
    button.setAttribute("aria-pressed", "false");
    button.append(icon("eye"));
    button.addEventListener("click", () => {
      const shown = input.type === "text";
      input.type = shown ? "password" : "text";
      button.setAttribute("aria-pressed", String(!shown));
    });
    input.form?.addEventListener("submit", () => { input.type = "password"; }); // else browsers remember it as text
    this.append(button);
  }
});
