import { Board, contested } from "./board.js";
import { Clocks } from "./clocks.js";
import { Connection } from "./connection.js";
import { Credit } from "./credit.js";
import { Delay } from "./delay.js";
import { Figures } from "./figures.js";
import { answer, chunk, codec, envelope, fieldsOf, opened, patch as message, plain } from "./wire.js";

const HEARTBEAT = 5000;
const FIRST_HEARTBEATS = [0, 150, 400, 900]; // the clocks are wanted soon
const MISSED = 1500; // without a picture that is due a keyframe is asked for

/** A camera as a viewer has it: its pictures, its settings, its standing; no DOM.
 *
 * `now()` gives milliseconds since 1970. `changed(what)` hears of link, camera, settings, conflict, refused, unsent and
 * capabilities, with what there is to know. `display(chunk)` decodes and shows; whoever does calls `shown` or `skipped`.
 */
export class Viewer {
  camera = null; // {online, since, reason, recording, viewers}
  role = "viewer";
  chunk = null; // the last one shown, without its bytes
  paused = false;
  shownAt = null;
  board = new Board();
  clocks = new Clocks();
  delay = new Delay();
  figures = new Figures();
  #to;
  #link;
  #credit;
  #id = 0;
  #asked = new Map(); // by id: {patch, base}
  #beats = new Map();
  #beating = [];
  #codecs;
  #able = "";

  constructor({ address, probe, codecs, now, changed, display }) {
    this.#to = { now, changed, display };
    this.#codecs = codecs;
    this.#credit = new Credit(({ received, paused }) => this.#say("flowAck", {
      received: BigInt(received), rttMs: Math.round(this.clocks.roundTrip), paused,
    }));
    this.#link = new Connection({
      address, probe, begin: () => this.#begin(), hear: (data, first) => this.#hear(new Uint8Array(data), first),
      changed: (state) => this.#moved(state), protocol: "camera.v1", binary: true, most: 10_000,
      ends: { 4401: "signed_out", 4403: "withdrawn" },
    });
  }

  get link() {
    return this.#link;
  }

  /** What this page can show, best first: "h264", "jpeg". Another choice takes another socket. */
  offer(codecs) {
    this.#codecs = codecs;
    this.#link.open();
  }

  /** Ask for settings; false where there is no connection. */
  set(patch) {
    const id = this.#next();
    const settings = message(patch);
    if (!this.#link.live || !this.#say("setSettings", { settings, ifRevision: BigInt(this.board.revision) }, { id })) return false;
    this.#asked.set(id, { patch, base: this.board.desired });
    this.board.ask(patch, this.#to.now());
    return true;
  }

  pause(paused) {
    this.paused = paused;
    this.#credit.pause(paused);
  }

  wantKeyframe() {
    this.#say("keyframeRequest");
  }

  /** A picture of this chunk is on the screen. */
  shown(shown) {
    const now = this.#to.now();
    this.#credit.took();
    this.figures.shown(shown.data.byteLength, now);
    this.shownAt = now;
    this.chunk = { ...shown, data: null };
    if (this.clocks.known) this.delay.add(now + this.clocks.offset - shown.capturedAt, now);
    if (shown.codec === "h264" && this.board.shown(shown, now)) this.#to.changed("settings");
  }

  /** No picture comes of this chunk. */
  skipped() {
    this.#credit.took();
    this.figures.discarded();
  }

  close() {
    this.#link.close();
  }

  #begin() {
    this.#credit.restart();
    this.figures.restart();
    this.clocks.forget();
    const codecs = this.#codecs.map(codec);
    this.#say("hello", { software: "Digi page", role: "viewer", codecs, now: BigInt(Math.round(this.#to.now())) });
  }

  #moved(state) {
    this.#beating.forEach(clearTimeout);
    this.#beating = [];
    if (state.name === "live") {
      this.#beating = FIRST_HEARTBEATS.map((wait) => setTimeout(() => this.#beat(), wait));
      if (this.paused) this.#credit.pause(true);
    } else {
      this.#handBack();
    }
    this.#to.changed("link", state);
  }

  // Nobody will answer what was asked on this socket, and nobody knows whether it got through.
  #handBack() {
    if (!this.#asked.size) return;
    const patch = Object.assign({}, ...[...this.#asked.values()].map((asked) => asked.patch));
    this.#asked.clear();
    this.board.refused(patch);
    this.#to.changed("unsent", patch);
  }

  #beat() {
    const id = this.#next();
    const now = this.#to.now();
    this.#beats.clear();
    this.#beats.set(id, now);
    this.#say("heartbeat", { nowUs: micros(now) }, { id });
    this.#beating.push(setTimeout(() => this.#beat(), HEARTBEAT));
    if (this.#beating.length > 8) this.#beating.splice(0, 4);
    const due = this.camera?.online && !this.paused;
    if (due && (this.shownAt === null || now - this.shownAt > MISSED)) this.wantKeyframe();
  }

  #hear(bytes, first) {
    if (first) return; // the settings on their own, for readers that know no more
    const heard = opened(bytes);
    this.#on[heard.name]?.(heard.value, heard);
  }

  #on = {
    hello: ({ heartbeatMs, online, since, reason, role }) => {
      this.role = role;
      this.camera = { recording: false, viewers: 0, ...this.camera, online, since: Number(since), reason };
      this.#link.welcome(heartbeatMs || 10_000);
      this.#to.changed("camera");
    },
    status: ({ online, since, reason, recording, viewers }) => {
      this.camera = { online, since: Number(since), reason, recording, viewers };
      this.#to.changed("camera");
    },
    stats: ({ viewers }) => {
      if (!this.camera || this.camera.viewers === viewers) return;
      this.camera.viewers = viewers;
      this.#to.changed("camera");
    },
    capabilities: (value) => {
      const able = JSON.stringify(value, (_key, part) => (typeof part === "bigint" ? Number(part) : part));
      if (this.#able && this.#able !== able) this.#to.changed("capabilities");
      this.#able = able;
    },
    settingsChanged: ({ desired, applied, by }, { replyTo }) => {
      this.#asked.delete(replyTo);
      this.board.changed(plain(desired), plain(applied), Number(desired?.revision ?? 0), this.#to.now());
      this.#to.changed("settings", { by });
    },
    settingsAck: (value) => {
      this.board.acknowledged(answer(value), this.#to.now());
      this.#to.changed("settings");
    },
    videoChunk: (value) => this.#to.display(chunk(value)),
    dropped: ({ droppedTotal }) => this.figures.leftOut(Number(droppedTotal)),
    heartbeat: (value, heard) => this.#heartbeat(value, heard),
    error: (value, { replyTo }) => this.#refused(value, replyTo),
  };

  #heartbeat({ nowUs, receivedUs }, { id, replyTo }) {
    const now = this.#to.now();
    if (!replyTo) {
      this.#say("heartbeat", { nowUs: micros(now), receivedUs: micros(now) }, { replyTo: id });
      return;
    }
    const sent = this.#beats.get(replyTo);
    if (sent === undefined) return;
    this.clocks.heard({ sent, received: Number(receivedUs) / 1000, answered: Number(nowUs) / 1000, now });
  }

  // What others have set meanwhile matters only where both have touched the same setting.
  #refused(error, replyTo) {
    const asked = this.#asked.get(replyTo);
    if (!asked) return;
    this.#asked.delete(replyTo);
    this.board.refused(asked.patch);
    if (error.code !== "conflict" || !error.current) {
      this.#to.changed("refused", { code: error.code, sentence: error.message, names: fieldsOf(error), patch: asked.patch });
      return;
    }
    const current = plain(error.current);
    this.board.changed(current, this.board.applied, Number(error.current.revision), this.#to.now());
    const names = contested(asked.patch, asked.base, current);
    if (!names.length) this.set(asked.patch);
    else this.#to.changed("conflict", { names, current, patch: asked.patch });
  }

  #next() {
    this.#id += 1;
    return this.#id;
  }

  #say(name, value, ids) {
    return this.#link.send(envelope(name, value, ids));
  }
}

function micros(milliseconds) {
  return BigInt(Math.round(milliseconds * 1000));
}
