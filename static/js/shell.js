// What every page has: theme, menus, dialogs, toasts, the bell, passwords one may look at, buttons that say they work.

import "./elements/copy-field.js";
import "./elements/secret-field.js";
import "./elements/theme-switch.js";
import "./elements/toast-list.js";
import "./lib/dialogs.js";
import "./lib/menus.js";
import "./lib/offline.js";
import "./lib/sign-out.js";

const ON_ITS_WAY = 3000; // milliseconds in which a form's second sending is a slip of the finger
let sent = new WeakMap(); // forms → when

document.addEventListener("submit", (event) => {
  const form = event.target;
  const method = event.submitter?.formMethod || form.method;
  if (event.defaultPrevented || method === "dialog") return;
  if (method === "post" && event.timeStamp - sent.get(form) < ON_ITS_WAY) {
    event.preventDefault(); // the browser would drop the first one's answer, and that may show what is shown once
    return;
  }
  sent.set(form, event.timeStamp);
  event.submitter?.setAttribute("aria-busy", "true");
});

addEventListener("pageshow", () => { // also a page that comes back from the browser's memory
  sent = new WeakMap();
  for (const button of document.querySelectorAll('button[aria-busy="true"]')) button.removeAttribute("aria-busy");
});

// Most pages have no form that stays: those need none of this.
if (document.querySelector("[data-stay], [data-find]")) import("./lib/live-forms.js");

// Chat and cameras have keys of their own.
if (document.querySelector('meta[name="keys"]') && !document.querySelector("#chat, #camera")) import("./elements/page-keys.js");

// The bell comes when the page is there: nobody waits for it.
function hang() {
  import("./elements/inbox-bell.js").catch(() => {}); // with the next page, then
}
if (document.querySelector("inbox-bell")) {
  if (document.readyState === "complete") hang();
  else addEventListener("load", hang, { once: true });
}

const invalid = document.querySelector('[aria-invalid="true"]'); // a form that came back: start where it is wrong
if (invalid) invalid.focus();

for (const button of document.querySelectorAll("[data-back]")) {
  button.hidden = history.length < 2;
  button.addEventListener("click", () => history.back());
}

for (const tab of document.querySelectorAll(".tabs [aria-current]")) { // on a phone it may lie beyond the edge
  tab.scrollIntoView({ behavior: "instant", block: "nearest", inline: "center" });
}
