// Signing out forgets what this device keeps of the person: drafts, and what is not sent, after asking.

import { unsentCount, wipe } from "../lib/database.js";
import { ask } from "../lib/dialogs.js";
import { h } from "../lib/dom.js";
import { KeptForms } from "../models/kept-forms.js";

/** Send the form that signs out, once the person is sure and the device has forgotten. */
export async function leave(form) {
  const user = form.dataset.leaving;
  const unsent = await unsentCount(user);
  if (unsent && (await ask(question(unsent))) !== "leave") return;
  document.dispatchEvent(new Event("leaving"));
  KeptForms.clear(localStorage);
  await wipe(user);
  form.submit();
}

function question(unsent) {
  const words = ngettext(
    "%s message has not been sent yet. Signing out deletes it from this device.",
    "%s messages have not been sent yet. Signing out deletes them from this device.",
    unsent,
  );
  const heading = h("h2", { id: "leaving-h" }, gettext("Sign out with unsent messages?"));
  const dialog = h("dialog", { className: "dialog", "aria-labelledby": heading.id },
    h("form", { method: "dialog" }, heading, h("p", {}, interpolate(words, [unsent])),
      h("footer", {},
        h("button", { className: "button", value: "stay" }, gettext("Stay")),
        h("button", { className: "button danger primary", value: "leave" }, gettext("Sign out and delete")))));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  return dialog;
}
