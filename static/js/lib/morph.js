// A page is drawn by the server alone. What has changed is fetched as the page it is, and its parts become the new ones
// where they stand: focus, open menus and what somebody is writing stay.

import { toast } from "../elements/toast-list.js";
import { Idiomorph } from "../../vendor/idiomorph/idiomorph.js";

const HELD = "form:is([data-dirty], [data-sending])";

const CALLBACKS = {
  // A form that is being filled in or is on its way, and what scripts have drawn, are left as they are.
  beforeNodeMorphed: (old) => !(old instanceof Element && old.matches(`[data-kept], ${HELD}`)),
  // Nothing is taken away from under somebody's hands, or while its answer is awaited.
  beforeNodeRemoved: (old) => !isHeld(old),
  // What people open and close themselves stays as they left it, and what has the focus can have it.
  beforeAttributeUpdated: (name, node) =>
    !(name === "open" && node.matches("details, dialog")) && !(name === "tabindex" && node === document.activeElement),
};

function isHeld(node) {
  if (!(node instanceof Element)) return false;
  const holds = (forms) => node.matches(forms) || node.querySelector(forms) !== null;
  return holds("form[data-sending]") || (node.contains(document.activeElement) && holds(HELD));
}

let turn = 0;

/** Fetch a page, this one as it stands where no address is given: `{page, response}`. Throws where there is no answer. */
export async function fetched(address = location.href, options = {}) {
  const response = await fetch(address, { credentials: "same-origin", headers: { Accept: "text/html" }, ...options });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  return { page, response };
}

/** Make an element what it is in a fetched page, found by its id. What is no longer there goes. */
export function become(element, page) {
  const next = page.getElementById(element.id);
  if (next) Idiomorph.morph(element, document.adoptNode(next), { callbacks: CALLBACKS, restoreFocus: true });
  else if (!isHeld(element)) element.remove();
  document.dispatchEvent(new Event("morphed"));
}

/** A page that is asked for from now on is newer than every one that is on its way. */
export function overtake() {
  turn += 1;
}

/** Say what a fetched page has to say: the server says it once, to whoever asks first. */
export function sayAll(page) {
  for (const { textContent, dataset } of page.querySelectorAll("toast-list .toast")) {
    toast(textContent.trim(), { seconds: ["error", "warning"].includes(dataset.level) ? 0 : undefined });
  }
}

/** Fetch this page again and renew what `wanted(element)` chooses among the elements that live.
 *
 * Gives "fresh", "signed_out", "withdrawn" or "unreachable"; "late" where a later call has overtaken this one.
 */
export async function renew(wanted = () => true) {
  const mine = (turn += 1);
  let answer;
  try {
    answer = await fetched();
  } catch {
    return "unreachable";
  }
  const { page, response } = answer;
  sayAll(page);
  if (mine !== turn) return "late";
  if (response.redirected && new URL(response.url).pathname !== location.pathname) return "signed_out";
  if (response.status === 404 || response.status === 403) return "withdrawn";
  if (!response.ok) return "unreachable";

  for (const element of document.querySelectorAll("[data-live][id]")) if (wanted(element)) become(element, page);
  return "fresh";
}
