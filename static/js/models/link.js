import { Connection } from "./connection.js";

/** The connection went away before the answer came. */
export class Lost extends Error {}

/** A connection of JSON frames whose server welcomes by a frame of that type; `hear(frame)` takes frames. */
export class Link extends Connection {
  constructor({ hear, ...to }) {
    super({
      protocol: "digi.v2",
      ...to,
      hear: (text) => {
        const frame = JSON.parse(text);
        hear(frame);
        if (frame.type === "welcome") this.welcome(frame.heartbeat * 1000);
      },
    });
  }

  send(frame) {
    return super.send(JSON.stringify(frame));
  }
}
