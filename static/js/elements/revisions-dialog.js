import { call } from "../lib/api.js";
import { h } from "../lib/dom.js";
import { times } from "../lib/page.js";
import { prose } from "./message-parts.js";

const SKELETON_AFTER = 300;

/** Show what a message said before, the newest first. */
export async function showRevisions(room, message) {
  const body = h("div", { className: "revisions" });
  const close = h("button", { type: "button", className: "button", onclick: () => dialog.close() }, gettext("Close"));
  const heading = h("h2", { id: "revisions-h" }, gettext("Earlier versions"));
  const dialog = h("dialog", { className: "dialog", "aria-labelledby": heading.id },
    h("div", { className: "inner" }, heading, body, h("footer", {}, close)));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  const waiting = setTimeout(() => body.replaceChildren(skeleton()), SKELETON_AFTER);
  try {
    const { results } = await call("GET", `rooms/${room}/messages/${message.message_id}/revisions/`);
    body.replaceChildren(results.length ? versions(results) : gone());
  } catch (error) {
    body.replaceChildren(h("p", { className: "harm", role: "alert" }, error.message));
  } finally {
    clearTimeout(waiting);
  }
}

function versions(results) {
  const rows = results.reverse().map(({ message, at }, index) => h("li", {},
    h("p", { className: "faint" },
      h("time", { dateTime: at }, times.full(at)), index ? "" : ` · ${gettext("stands now")}`),
    prose(message)));
  return h("ol", { tabIndex: 0, "aria-label": gettext("Earlier versions") }, ...rows);
}

function gone() {
  return h("p", {}, gettext("The message was deleted, and its earlier versions with it."));
}

function skeleton() {
  return h("div", { role: "status", "aria-busy": "true" }, h("span", { className: "hidden" }, gettext("Loading earlier versions")),
    h("div", { className: "skeleton w-60" }), h("div", { className: "skeleton w-80" }));
}
