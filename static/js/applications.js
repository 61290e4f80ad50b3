// The pages of applications: as they stand now, whenever the inbox tells of something.

import "./elements/application-pile.js";
import { renew } from "./lib/morph.js";

const TOGETHER = 150; // milliseconds in which what happens is fetched at once
const AGAIN = 4000; // milliseconds after which an answer that did not come is asked for again

let timer = null;

function soon(pause) {
  clearTimeout(timer);
  timer = setTimeout(async () => {
    const outcome = await renew();
    if (outcome === "unreachable") soon(AGAIN);
    else if (outcome === "withdrawn" || outcome === "signed_out") location.reload(); // the server says what is so
  }, pause);
}

document.addEventListener("inbox", ({ detail }) => {
  if (detail.type.startsWith("notification.")) soon(TOGETHER);
});
