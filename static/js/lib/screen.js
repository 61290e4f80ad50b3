// Pictures onto a canvas: by WebCodecs where there is such a thing, else as single JPEGs.

import { age, middle, MODULES, read } from "../models/barcode.js";
import { H264 } from "../models/decoder.js";
import { Stills } from "../models/stills.js";

const WIDTH = MODULES * 8;
const FAULTS = 3; // of the decoder, before single pictures are the better choice

/** What this browser can show, best first, and if that is not H.264, why. */
export async function abilities() {
  if (!globalThis.VideoDecoder) return { codecs: ["jpeg"], why: isSecureContext ? "missing" : "insecure" };
  const asked = VideoDecoder.isConfigSupported({ codec: "avc1.42E01F", optimizeForLatency: true });
  const { supported } = await asked.catch(() => ({ supported: false }));
  return supported ? { codecs: ["h264", "jpeg"], why: "" } : { codecs: ["jpeg"], why: "unsupported" };
}

/** Shows chunks on a canvas. `shown(chunk)`, `skipped(chunk)` and `want()` as the viewer takes them; `hopeless()` when
 * the decoder fails again and again. */
export class Screen {
  #canvas;
  #context;
  #ruler = new OffscreenCanvas(WIDTH, 1).getContext("2d", { willReadFrequently: true });
  #to;
  #h264;
  #stills;
  #faults = 0;

  constructor(canvas, to) {
    this.#canvas = canvas;
    this.#context = canvas.getContext("2d", { alpha: false, desynchronized: true });
    this.#to = to;
    const show = (picture, chunk) => this.#show(picture, chunk);
    const failed = (error) => this.#failed(error);
    this.#stills = new Stills({
      decode: (data) => createImageBitmap(new Blob([data], { type: "image/jpeg" })), show, skip: to.skipped, failed: () => {},
    });
    this.#h264 = new H264({
      Decoder: globalThis.VideoDecoder, Chunk: globalThis.EncodedVideoChunk, show, skip: to.skipped, want: to.want, failed,
    });
  }

  take(chunk) {
    if (chunk.codec === "jpeg") this.#stills.take(chunk);
    else this.#h264.take(chunk);
  }

  /** Another socket: the stream begins anew. */
  restart() {
    this.#h264.close();
    this.#stills.close();
  }

  /** How old the picture is by the clock in it, at `now` in milliseconds since 1970; null where it shows none. */
  age(now) {
    this.#ruler.drawImage(this.#canvas, 0, middle(this.#canvas.height), this.#canvas.width, 1, 0, 0, WIDTH, 1);
    const { data } = this.#ruler.getImageData(0, 0, WIDTH, 1);
    const levels = Array.from({ length: MODULES }, (_none, module) => data[((2 * module + 1) * WIDTH * 4) / (2 * MODULES)]);
    const milliseconds = read(levels);
    return milliseconds === null ? null : age(milliseconds, now);
  }

  #show(picture, chunk) {
    const [width, height] = [picture.displayWidth ?? picture.width, picture.displayHeight ?? picture.height];
    if (this.#canvas.width !== width) this.#canvas.width = width;
    if (this.#canvas.height !== height) this.#canvas.height = height;
    this.#context.drawImage(picture, 0, 0);
    picture.close();
    this.#to.shown({ ...chunk, width, height });
  }

  #failed(error) {
    console.warn("The decoder has stopped:", error.message);
    this.#faults += 1;
    if (this.#faults === FAULTS) this.#to.hopeless();
  }
}
