// What the server has told this page: who is here, where things are.

import { Times } from "../models/times.js";

const data = JSON.parse(document.getElementById("chat").textContent);

/** The signed-in person, as the API shows people. */
export const { me, singleKeys, pages, signIn } = data;

export const times = new Times({ zone: data.zone, words: data.dates });

/** The address of a page of the API: `api("rooms/")`. */
export function api(path) {
  return data.api + path;
}

/** The address of a socket below `/ws/chat/`, "" for the list of rooms. */
export function socket(path = "") {
  const address = new URL(data.socket + path, location.href);
  address.protocol = address.protocol.replace("http", "ws"); // unless the server has named another origin for sockets
  return address.href;
}

/** The address of a room's page. */
export function roomPage(connectionId) {
  return `${pages}${connectionId}/`;
}

/** The room that the page was rendered with: `room`, `messages`, `more`, `sources`; null on other pages. */
export function conversation() {
  const island = document.getElementById("conversation");
  return island && JSON.parse(island.textContent);
}

let leaving = false;
document.addEventListener("leaving", () => (leaving = true));

/** Go and sign in, and come back here; unless the person is just signing out. What is unsent stays on this device. */
export function goSignIn() {
  if (leaving) return;
  location.assign(`${signIn}?next=${encodeURIComponent(location.pathname)}`);
}
