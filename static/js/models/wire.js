// Frames of camera.v1 to plain objects and back: names as in the schema, numbers as numbers, what is not set is absent.

import {
  CameraSettingsSchema, Codec, EnvelopeSchema, Outcome,
} from "../lib/camera_pb.js";
import { create, fromBinary, toBinary } from "../../vendor/protobuf/protobuf.js";

const OUTCOMES = {
  [Outcome.APPLIED]: "applied", [Outcome.CLAMPED]: "clamped", [Outcome.REJECTED]: "rejected", [Outcome.PENDING]: "pending",
};
const CODECS = { [Codec.H264]: "h264", [Codec.JPEG]: "jpeg" };
const SERVERS = new Set(["cameraName", "cameraId", "revision", "updatedAt", "width", "height"]);

/** An Envelope's bytes: `envelope("flowAck", { received: 3n }, 7)`. */
export function envelope(name, value = {}, { id = 0, replyTo = 0 } = {}) {
  const body = { case: name, value };
  return toBinary(EnvelopeSchema, create(EnvelopeSchema, { id: BigInt(id), replyTo: BigInt(replyTo), body }));
}

/** What the server sent: `{id, replyTo, name, value}`, the value as the generated code has it. */
export function opened(bytes) {
  const { id, replyTo, body } = fromBinary(EnvelopeSchema, bytes);
  return { id: Number(id), replyTo: Number(replyTo), name: body.case, value: body.value };
}

/** The bare settings that every socket begins with. */
export function bare(bytes) {
  return fromBinary(CameraSettingsSchema, bytes);
}

/** Settings by the names of the form, with `resolution` for width and height. */
export function plain(settings) {
  if (!settings) return {};
  const found = {};
  for (const { localName, name } of CameraSettingsSchema.fields) {
    if (!SERVERS.has(localName) && isSet(settings, localName)) found[name] = rounded(settings[localName]);
  }
  if ("codec" in found) found.codec = CODECS[found.codec];
  if (settings.width && settings.height) found.resolution = `${settings.width}x${settings.height}`;
  return found;
}

/** The message for a patch by the names of the form. */
export function patch(values) {
  const message = {};
  for (const { localName, name } of CameraSettingsSchema.fields) {
    if (name in values && !SERVERS.has(localName)) message[localName] = values[name];
  }
  if (values.codec) message.codec = codec(values.codec);
  if (values.resolution) [message.width, message.height] = values.resolution.split("x").map(Number);
  return message;
}

/** A chunk as the decoders take it. `capturedAt` in milliseconds. */
export function chunk({ streamEpoch, seq, codec, keyframe, capturedAtUs, width, height, data, decoder, noSignal }) {
  return {
    streamEpoch, seq: Number(seq), codec: CODECS[codec], keyframe, capturedAt: Number(capturedAtUs) / 1000,
    width, height, data, decoder, noSignal,
  };
}

/** A camera's answer as the board takes it; width and height are one setting there. */
export function answer({ revision, applied, fields, firstFrameSeq, streamEpoch }) {
  const found = {};
  for (const [name, { outcome, reason }] of Object.entries(fields)) found[name] = { outcome: OUTCOMES[outcome], reason };
  const sides = [found.width, found.height].filter(Boolean);
  if (sides.length) found.resolution = sides.find(({ outcome }) => outcome !== "applied") ?? sides[0];
  return { revision: Number(revision), applied: plain(applied), fields: found, epoch: streamEpoch, seq: Number(firstFrameSeq) };
}

/** The members that a conflict names, width and height as one. */
export function fieldsOf(error) {
  const names = Object.keys(error.fields).map((name) => (name === "width" || name === "height" ? "resolution" : name));
  return [...new Set(names)];
}

/** The number of a codec: "h264", "jpeg". */
export function codec(name) {
  return name === "h264" ? Codec.H264 : Codec.JPEG;
}

// Gains are 32-bit floats on the wire: 1.2 comes as 1.2000000476837158.
function rounded(value) {
  return typeof value === "number" ? Math.round(value * 1e4) / 1e4 : value;
}

// A member with presence lies on the prototype until it is set (@bufbuild/protobuf, "Field presence").
function isSet(message, name) {
  return Object.hasOwn(message, name) && message[name] !== undefined;
}
