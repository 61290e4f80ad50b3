import { h } from "../lib/dom.js";

/** Who is writing just now. Its place is always kept, so that nothing moves. */
customElements.define("typing-line", class extends HTMLElement {
  /** `names` of those who write. */
  show(names) {
    if (!names.length) {
      this.replaceChildren();
      return;
    }
    const words = names.length === 1
      ? interpolate(gettext("%s is writing"), [names[0]])
      : interpolate(gettext("%s are writing"), [names.join(", ")]);
    const dots = h("span", { className: "typing-dots", "aria-hidden": "true" }, h("i"), h("i"), h("i"));
    this.replaceChildren(dots, words);
  }
});
