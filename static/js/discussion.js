// The discussion of a thesis: questions in dialogs, names to mention, keys from remark to remark.

import "./elements/mention-field.js";
import "./lib/questions.js";
import { current, listen } from "./lib/remarks.js";

listen({
  singles: document.querySelector(".discussion").dataset.keys === "on",
  help: [[gettext("Discussion"), [
    [["n"], gettext("Next remark")], [["p"], gettext("Remark before")], [["c"], gettext("Write")],
    [["t"], gettext("Make a task of the remark")], [["?"], gettext("These keys")],
  ]]],
  more: {
    write: { key: "c", act: () => document.querySelector("#open textarea")?.focus() },
    task: { key: "t", act: () => current()?.querySelector("[data-task]")?.click() },
  },
});

// Who leaves an answer without a word, or has sent it, is done with its field.
document.addEventListener("focusout", ({ target, relatedTarget }) => {
  const field = target.closest("details.write");
  if (relatedTarget && field && !field.contains(relatedTarget) && !field.querySelector("form[data-dirty]")) field.open = false;
});
