// What the server has told this page: who is here, where things are.

import { Times } from "../models/times.js";
import { socketAt } from "./place.js";

const data = JSON.parse(document.getElementById("chat").textContent);

/** The signed-in person, as the API shows people. */
export const { me, singleKeys, pages } = data;

export const times = new Times({ zone: data.zone, words: data.dates });

/** The address of a page of the API: `api("rooms/")`. */
export function api(path) {
  return data.api + path;
}

/** The address of a socket below `/ws/chat/`, "" for the list of rooms. */
export function socket(path = "") {
  return socketAt(data.socket + path);
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
