// A value one takes along: the button copies it and says so.

import { icon } from "../lib/icons.js";
import { toast } from "./toast-list.js";

customElements.define("copy-field", class extends HTMLElement {
  connectedCallback() {
    const input = this.querySelector("input");
    input.addEventListener("focus", () => input.select());
    if (!navigator.clipboard) return; // plain http from another host: select and copy by hand
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button quiet square small";
    button.setAttribute("aria-label", gettext("Copy"));
    button.append(icon("copy"));
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(input.value);
      toast(gettext("Copied"));
    });
    this.append(button);
  }
});
