import assert from "node:assert/strict";
import { test } from "node:test";

import { H264 } from "../../static/js/models/decoder.js";

// The edge of the browser: a decoder that the test drives.
class TestDecoder {
  static made = [];
  state = "unconfigured";
  decodeQueueSize = 0;
  decoded = [];

  constructor(to) {
    Object.assign(this, to);
    TestDecoder.made.push(this);
  }

  configure(config) {
    if (config.codec === "bad") throw new Error("not supported");
    this.config = config;
    this.state = "configured";
  }

  decode(chunk) {
    this.decoded.push(chunk);
  }

  close() {
    this.state = "closed";
  }
}

function screen() {
  TestDecoder.made = [];
  const heard = { shown: [], skipped: [], wanted: 0, faults: [] };
  const h264 = new H264({
    Decoder: TestDecoder,
    Chunk: class { constructor(init) { Object.assign(this, init); } },
    show: (frame, chunk) => heard.shown.push(chunk.seq),
    skip: (chunk) => heard.skipped.push(chunk.seq),
    want: () => (heard.wanted += 1),
    failed: (error) => heard.faults.push(error.message),
  });
  return { h264, heard };
}

const key = (seq, more = {}) => ({ streamEpoch: 1, seq, keyframe: true, width: 640, height: 480, decoder: "avc1.42E01F", data: new Uint8Array(1), ...more });
const delta = (seq, more = {}) => ({ ...key(seq, more), keyframe: false, decoder: "" });
const frame = (timestamp) => ({ timestamp, close() {} });

test("pictures before the first keyframe are skipped", () => {
  const { h264, heard } = screen();

  [delta(1), delta(2), key(3), delta(4)].forEach((chunk) => h264.take(chunk));

  assert.deepEqual(heard.skipped, [1, 2]);
  assert.deepEqual(TestDecoder.made[0].decoded.map(({ type }) => type), ["key", "delta"]);
  assert.deepEqual(TestDecoder.made[0].config, { codec: "avc1.42E01F", codedWidth: 640, codedHeight: 480, optimizeForLatency: true });
});

test("a picture comes out beside its chunk", () => {
  const { h264, heard } = screen();
  h264.take(key(3));
  h264.take(delta(4));

  TestDecoder.made[0].output(frame(1));
  TestDecoder.made[0].output(frame(2));

  assert.deepEqual(heard.shown, [3, 4]);
});

test("a gap waits for a keyframe and asks for one once", () => {
  const { h264, heard } = screen();

  [key(1), delta(3), delta(4), key(5), delta(6)].forEach((chunk) => h264.take(chunk));

  assert.deepEqual([heard.skipped, heard.wanted], [[3, 4], 1]);
});

test("another size is another decoder", () => {
  const { h264 } = screen();

  h264.take(key(1));
  h264.take(key(1, { streamEpoch: 2, width: 1280, height: 720 }));
  h264.take(key(2, { streamEpoch: 2, width: 1280, height: 720 }));

  assert.deepEqual(TestDecoder.made.map(({ state }) => state), ["closed", "configured"]);
});

test("a fault makes another decoder at the next keyframe", () => {
  const { h264, heard } = screen();
  h264.take(key(1));
  h264.take(delta(2));

  TestDecoder.made[0].error(new Error("broken"));
  h264.take(delta(3));
  h264.take(key(4));

  assert.deepEqual([heard.faults, heard.skipped, heard.wanted], [["broken"], [1, 2, 3], 1]);
  assert.equal(TestDecoder.made.length, 2);
});

test("a codec that this browser lacks is said and skipped", () => {
  const { h264, heard } = screen();

  h264.take(key(1, { decoder: "bad" }));

  assert.deepEqual([heard.faults, heard.skipped], [["not supported"], [1]]);
});

test("a decoder that lags is given nothing before the next keyframe", () => {
  const { h264, heard } = screen();
  h264.take(key(1));
  TestDecoder.made[0].decodeQueueSize = 9;

  h264.take(delta(2));
  h264.take(delta(3));

  assert.deepEqual([heard.skipped, heard.wanted], [[2, 3], 1]);
});

test("a picture of a decoder that is gone is closed and not shown", () => {
  const { h264, heard } = screen();
  let closed = false;
  h264.take(key(1));
  const [old] = TestDecoder.made;

  h264.close();
  old.output({ timestamp: 1, close: () => (closed = true) });

  assert.deepEqual([heard.shown, heard.skipped, closed], [[], [1], true]);
});
