// Where the server is, the way to its door, and the time on the person's own clock.

import { Times } from "../models/times.js";

/** The address of a socket that the server has named by a path or, where sockets have an origin of their own, whole. */
export function socketAt(named) {
  const address = new URL(named, location.href);
  address.protocol = address.protocol.replace("http", "ws");
  return address.href;
}

const times = new Times({ zone: document.querySelector('meta[name="zone"]')?.content, words: {} });

/** The time of day, as the person's clock shows it. */
export function clock(moment) {
  return times.clock(moment);
}

let leaving = false;
document.addEventListener("leaving", () => (leaving = true));

/** The address at which one signs in and comes back here; "" where a page has none. */
export function doorTo() {
  const door = document.querySelector('meta[name="sign-in"]')?.content;
  return door ? `${door}?next=${encodeURIComponent(location.pathname + location.search)}` : "";
}

/** Go and sign in, and come back here; unless the person is just signing out. */
export function goSignIn() {
  const door = doorTo();
  if (!leaving && door) location.assign(door);
}
