const MOST_QUEUED = 8;

/** Turns H.264 chunks (Annex B) into pictures by WebCodecs, and gives up nothing silently.
 *
 * After a fault, a lag or another stream it waits for the next keyframe. `Decoder` and `Chunk` are the browser's
 * VideoDecoder and EncodedVideoChunk. `show(frame, chunk)` gets each picture and closes it; `skip(chunk)` hears of
 * chunks that become none; `want()` asks for a keyframe; `failed(error)` hears of faults.
 */
export class H264 {
  #to;
  #Decoder;
  #Chunk;
  #decoder = null;
  #configured = "";
  #epoch = null;
  #next = null;
  #waits = true;
  #inside = new Map();
  #count = 0;

  constructor({ Decoder, Chunk, ...to }) {
    this.#Decoder = Decoder;
    this.#Chunk = Chunk;
    this.#to = to;
  }

  /** A chunk has come: `{streamEpoch, seq, keyframe, width, height, decoder, data}`. */
  take(chunk) {
    const gap = chunk.streamEpoch !== this.#epoch || chunk.seq !== this.#next;
    if (gap && !chunk.keyframe) this.#lose();
    this.#epoch = chunk.streamEpoch;
    this.#next = chunk.seq + 1;
    if (chunk.keyframe) this.#waits = !this.#configure(chunk);
    else if (this.#decoder?.decodeQueueSize > MOST_QUEUED) this.#lose();
    if (this.#waits) this.#to.skip(chunk);
    else this.#decode(chunk);
  }

  /** The stream begins anew, or will not go on. */
  close() {
    this.#drop();
    this.#epoch = this.#next = null;
    this.#waits = true;
  }

  #configure({ decoder, width, height }) {
    const wanted = `${decoder} ${width}x${height}`;
    if (this.#decoder && this.#configured === wanted) return true;

    this.#drop();
    try {
      const made = new this.#Decoder({
        output: (frame) => this.#output(made, frame),
        error: (error) => this.#decoder === made && this.#fault(error),
      });
      made.configure({ codec: decoder, codedWidth: width, codedHeight: height, optimizeForLatency: true });
      this.#decoder = made;
    } catch (error) {
      this.#to.failed(error);
      return false;
    }
    this.#configured = wanted;
    return true;
  }

  #decode(chunk) {
    const timestamp = ++this.#count;
    this.#inside.set(timestamp, chunk);
    try {
      this.#decoder.decode(new this.#Chunk({ type: chunk.keyframe ? "key" : "delta", timestamp, data: chunk.data }));
    } catch (error) {
      this.#fault(error);
    }
  }

  #output(decoder, frame) {
    const chunk = this.#inside.get(frame.timestamp);
    if (this.#decoder !== decoder || !chunk) {
      frame.close();
      return;
    }
    this.#inside.delete(frame.timestamp);
    this.#to.show(frame, chunk);
  }

  #fault(error) {
    this.#drop();
    this.#lose();
    this.#to.failed(error);
  }

  #lose() {
    if (this.#waits) return;
    this.#waits = true;
    this.#to.want();
  }

  #drop() {
    if (this.#decoder && this.#decoder.state !== "closed") this.#decoder.close();
    this.#decoder = null;
    this.#configured = "";
    for (const chunk of this.#inside.values()) this.#to.skip(chunk);
    this.#inside.clear();
  }
}
