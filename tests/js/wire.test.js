import assert from "node:assert/strict";
import { test } from "node:test";

import { create, toBinary } from "../../static/vendor/protobuf/protobuf.js";
import { CameraSettingsSchema, Outcome } from "../../static/js/lib/camera_pb.js";
import { answer, bare, chunk, envelope, fieldsOf, opened, patch, plain } from "../../static/js/models/wire.js";

test("an envelope is opened as it was closed", () => {
  const bytes = envelope("heartbeat", { nowUs: 5n }, { id: 7, replyTo: 3 });

  const { id, replyTo, name, value } = opened(bytes);

  assert.deepEqual([id, replyTo, name, value.nowUs], [7, 3, "heartbeat", 5n]);
});

test("settings are read by the names of the form, and what is not set is not there", () => {
  const bytes = toBinary(CameraSettingsSchema, create(CameraSettingsSchema, {
    brightness: 0, contrast: 1.2, codec: 1, bitrateBps: 1_500_000, width: 640, height: 480, cameraName: "Lab", revision: 4n,
  }));

  assert.deepEqual(plain(bare(bytes)), {
    brightness: 0, contrast: 1.2, codec: "h264", bitrate_bps: 1_500_000, resolution: "640x480",
  });
});

test("a camera that never answered applies nothing", () => {
  assert.deepEqual(plain(undefined), {});
  assert.deepEqual(plain(create(CameraSettingsSchema)), {});
});

test("a patch holds what it names and no more", () => {
  const message = patch({ resolution: "1280x720", contrast: 1.2, codec: "jpeg", revision: 9 });

  assert.deepEqual(message, { contrast: 1.2, codec: 2, width: 1280, height: 720 });
});

test("a chunk's numbers are numbers", () => {
  const bytes = envelope("videoChunk", {
    streamEpoch: 2, seq: 40n, codec: 1, keyframe: true, capturedAtUs: 1_500_000n, width: 64, height: 48,
    data: new Uint8Array([1, 2]), decoder: "avc1.42E01F",
  });

  assert.deepEqual(chunk(opened(bytes).value), {
    streamEpoch: 2, seq: 40, codec: "h264", keyframe: true, capturedAt: 1500, width: 64, height: 48,
    data: new Uint8Array([1, 2]), decoder: "avc1.42E01F", noSignal: false,
  });
});

test("width and height are one answer, and the worse of the two", () => {
  const bytes = envelope("settingsAck", {
    revision: 5n, applied: { width: 640, height: 360 }, firstFrameSeq: 12n, streamEpoch: 3,
    fields: { width: { outcome: Outcome.APPLIED }, height: { outcome: Outcome.CLAMPED, reason: "no such mode" } },
  });

  const { value } = opened(bytes);

  assert.deepEqual(answer(value).fields.resolution, { outcome: "clamped", reason: "no such mode" });
  assert.deepEqual(answer(value).applied, { resolution: "640x360" });
  assert.deepEqual([answer(value).epoch, answer(value).seq], [3, 12]);
});

test("a conflict names each field of the form once", () => {
  assert.deepEqual(fieldsOf({ fields: { width: "1", height: "2", contrast: "3" } }), ["resolution", "contrast"]);
});
