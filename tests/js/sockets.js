// The edge of the network for tests: a WebSocket whose other end is the test.

export class TestSocket {
  static OPEN = 1;
  static made = [];

  readyState = 0;
  sent = [];

  constructor(url, protocol) {
    this.url = url;
    this.protocol = protocol;
    TestSocket.made.push(this);
  }

  static get last() {
    return TestSocket.made.at(-1);
  }

  send(text) {
    this.sent.push(JSON.parse(text));
  }

  close() {
    this.readyState = 3;
  }

  /** The server says something. */
  says(...frames) {
    this.readyState = TestSocket.OPEN;
    frames.forEach((frame) => this.onmessage({ data: JSON.stringify(frame) }));
  }

  /** The connection ends from the other side. */
  ends(code) {
    this.readyState = 3;
    this.onclose({ code });
  }

  /** What was sent and not asked for yet. */
  took() {
    return this.sent.splice(0);
  }
}

export const welcome = { type: "welcome", head: 0, heartbeat: 25, max_bytes: 131072 };
