// A page that follows its person's inbox: what they are told of may change what stands here.

import { renew } from "./morph.js";

const TOGETHER = 400; // milliseconds in which what arrives is fetched at once
const CHANGES = ["notification.new", "notification.updated", "access.revoked"];

/** Renew the parts that live and that `wanted(element)` chooses, whenever the inbox tells of something. */
export function followInbox(wanted = () => true) {
  let timer;
  document.addEventListener("inbox", ({ detail }) => {
    if (!CHANGES.includes(detail.type)) return;
    clearTimeout(timer);
    timer = setTimeout(renew, TOGETHER, wanted);
  });
}
