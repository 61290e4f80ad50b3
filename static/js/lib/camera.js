// What the server has told the pages of cameras: who looks, which camera, where things are.

import { socketAt } from "./place.js";

const data = JSON.parse(document.getElementById("camera").textContent);
const language = document.documentElement.lang;
const options = { timeZone: known(data.zone), hourCycle: "h23" };
const clock = new Intl.DateTimeFormat(language, { ...options, hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat(language, { ...options, day: "numeric", month: "short" });

export const { me, name, page, pages, role, singleKeys, slug } = data;

/** The address of the camera's socket. */
export function socket() {
  return socketAt(data.socket);
}

/** "14:02" today, "9 Mar, 14:02" before; `at` in milliseconds since 1970. */
export function near(at) {
  const time = clock.format(at);
  const date = day.format(at);
  return date === day.format(Date.now()) ? time : `${date}, ${time}`;
}

/** Why the server lets nobody in: asked of the page itself, which leads strangers to the door. */
export async function probe() {
  const answer = await fetch(page, { method: "HEAD", redirect: "manual" }).catch(() => null);
  if (answer?.type === "opaqueredirect") return "signed_out";
  return answer?.status === 404 ? "withdrawn" : "unreachable";
}

/** There is nothing here any more that this person may see. */
export function goOut() {
  location.replace(`${pages}?out`);
}

/** Milliseconds since 1970, finer than `Date.now()`. */
export function now() {
  return performance.timeOrigin + performance.now();
}

function known(zone) {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone;
  } catch {
    return undefined; // this browser does not know the zone: its own serves
  }
}
