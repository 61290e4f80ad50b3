// What a screen reader is told of what happens elsewhere on the page.

import { Announcer } from "../models/announcer.js";

const region = document.getElementById("announcer");

export const announcer = new Announcer({
  say: (text) => {
    region.textContent = "";
    region.append(text);
  },
  count: (n) => interpolate(ngettext("%s new message", "%s new messages", n), [n]),
});
