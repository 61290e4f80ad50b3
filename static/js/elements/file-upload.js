// A form with a file that is sent in parts, with its progress; it goes on after a lost connection and after a reload.

import { h } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { renew } from "../lib/morph.js";
import { ask, wire } from "../lib/tus.js";
import { bytes, seconds } from "../lib/bytes.js";
import { KeptForms } from "../models/kept-forms.js";
import { Upload } from "../models/upload.js";
import { toast } from "./toast-list.js";

const person = document.querySelector('meta[name="person"]').content;
const kept = new KeptForms({ storage: localStorage, user: person });

/** `data-uploads` and `data-documents` are addresses of the API; `data-keep` names what is kept over a reload. Inside: a
 * form with `kind`, `file` and `note`, and a list where the file is shown on its way. */
customElements.define("file-upload", class extends HTMLElement {
  #upload = null;
  #hurry = () => {};
  #online = () => this.#hurry();
  #unload = (event) => this.#upload && event.preventDefault();
  #spoken = 0;

  connectedCallback() {
    this.#form.addEventListener("submit", (event) => this.#submitted(event), { capture: true });
    for (const type of ["input", "change"]) this.#form.addEventListener(type, () => this.#hold());
    this.#zone.addEventListener("dragover", (event) => this.#over(event));
    this.#zone.addEventListener("dragleave", () => delete this.#zone.dataset.over);
    this.#zone.addEventListener("drop", (event) => this.#dropped(event));
    addEventListener("online", this.#online);
    addEventListener("beforeunload", this.#unload);
    const broken = kept.of(this.#key);
    if (broken) this.#offer(broken);
  }

  disconnectedCallback() {
    removeEventListener("online", this.#online);
    removeEventListener("beforeunload", this.#unload);
  }

  get #form() {
    return this.querySelector("form");
  }

  get #field() {
    return this.querySelector('input[type="file"]');
  }

  get #zone() {
    return this.closest("aside") ?? this;
  }

  get #list() {
    return this.querySelector("[data-kept]");
  }

  get #key() {
    return `upload:${this.dataset.keep}`;
  }

  #over(event) {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    this.#zone.dataset.over = "";
  }

  #dropped(event) {
    delete this.#zone.dataset.over;
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    if (this.#upload) return;
    this.#field.files = event.dataTransfer.files;
    this.#hold();
    this.#field.focus();
  }

  // What somebody has begun here is not drawn anew by what happens elsewhere.
  #hold() {
    this.#form.dataset.dirty = "";
  }

  async #submitted(event) {
    event.preventDefault();
    event.stopPropagation();
    const [file] = this.#field.files;
    if (!file || this.#upload) return;
    const { kind, note } = this.#form.elements;
    const known = kept.of(this.#key);
    const same = known && known.name === file.name && known.size === file.size && known.changed === file.lastModified;
    if (known && !same) ask("DELETE", known.place).catch(() => {}); // nobody goes on with that one
    await this.#send(file, { kind: kind.value, note: note.value, place: same ? known.place : null });
  }

  async #send(file, { kind, note, place }) {
    this.#upload = new Upload({
      file, place, wire: wire(this.dataset.uploads), changed: (upload) => this.#changed(upload, { file, kind, note }),
      wait: (ms) => new Promise((resolve) => {
        this.#hurry = resolve;
        setTimeout(resolve, ms);
      }),
    });
    this.#lock(true);
    this.#draw();
    try {
      const whole = await this.#upload.run();
      if (whole) await this.#use(whole, { kind, note, file });
      else this.#ended();
    } catch (refusal) {
      this.#failed(refusal.message);
    }
  }

  // The whole file becomes a version, or is refused. An answer that got lost is asked for again.
  async #use(place, { kind, note, file }) {
    const upload = place.split("/").at(-2);
    const body = JSON.stringify({ kind, note, upload });
    for (let again = false; ; again = true) {
      try {
        await ask("POST", this.dataset.documents, { body, headers: { "Content-Type": "application/json" } });
        break;
      } catch (refusal) {
        if (again && refusal.code === "unknown_upload" && await this.#isThere(kind, file)) break;
        if (![0, 429, 502, 503, 504].includes(refusal.status)) throw refusal;
        await new Promise((resolve) => setTimeout(resolve, (refusal.retryAfter ?? 3) * 1000));
      }
    }
    this.#form.reset();
    delete this.#form.dataset.dirty;
    this.#ended();
    toast(interpolate(gettext("%s is here."), [file.name]));
    await renew((element) => element.id === "documents");
  }

  async #isThere(kind, { name, size }) {
    const { results } = await (await ask("GET", this.dataset.documents)).json();
    return results.some((document) => document.kind === kind && document.versions.some((one) => one.name === name && one.size === size));
  }

  #changed(upload, { file, kind, note }) {
    if (upload.place && !upload.stopped) {
      kept.keep(this.#key, { place: upload.place, name: file.name, size: file.size, changed: file.lastModified, sent: upload.sent, kind, note });
    }
    if (upload === this.#upload) this.#draw();
  }

  #ended() {
    kept.forget(this.#key);
    this.#upload = null;
    this.#list.replaceChildren();
    this.#lock(false);
  }

  #failed(sentence) {
    const { name } = this.#upload;
    this.#ended();
    const choose = this.#button(gettext("Choose again"), "upload", () => {
      this.#list.replaceChildren();
      this.#field.value = "";
      this.#field.click();
    });
    this.#list.replaceChildren(this.#row("failed", "circle-alert", name, sentence, choose));
    this.#list.firstChild.setAttribute("role", "alert");
    choose.focus();
  }

  // What broke off by a reload goes on with the same file, which only the person can choose.
  #offer({ place, name, size, sent, kind, note }) {
    this.#form.elements.kind.value = kind;
    this.#form.elements.note.value = note;
    this.#hold();
    const words = interpolate(gettext("Broke off at %(sent)s of %(size)s. Choose the same file and it goes on from there."), { sent: bytes(sent), size: bytes(size) }, true);
    const forget = this.#button(gettext("Give it up"), "x", async () => {
      this.#ended();
      await ask("DELETE", place).catch(() => {});
    });
    this.#list.replaceChildren(this.#row("broken", "circle-dashed", name, words, forget));
  }

  #draw() {
    const { name, size, sent, state, secondsLeft } = this.#upload;
    let row = this.#list.querySelector('[data-state="uploading"]');
    if (!row) {
      const stop = this.#button(interpolate(gettext("Stop the upload of %s"), [name]), "x", () => this.#stop(), { silent: true });
      row = this.#row("uploading", "file-text", name, "", stop);
      row.append(h("progress", { max: size, value: sent, "aria-label": interpolate(gettext("Upload of %s"), [name]) }));
      this.#list.replaceChildren(row);
      row.scrollIntoView({ block: "nearest" });
    }
    row.querySelector("progress").value = sent;
    const far = interpolate(gettext("%(sent)s of %(size)s"), { sent: bytes(sent), size: bytes(size) }, true);
    const words = {
      sending: secondsLeft === null ? far : `${far}, ${seconds(secondsLeft)}`,
      waiting: interpolate(gettext("%s, waiting for the connection"), [far]),
      whole: gettext("All of it is here and is being looked into"),
    }[state];
    row.querySelector(".sub").textContent = words;
    this.#speak(state, words);
  }

  // Every ten seconds are enough to hear, and whatever is another thing than before.
  #speak(state, words) {
    const now = Date.now();
    if (now - this.#spoken < 10_000 && state === "sending") return;
    this.#spoken = now;
    document.getElementById("announcer").textContent = words;
  }

  async #stop() {
    const upload = this.#upload;
    this.#hurry();
    await upload.stop();
    this.#field.focus();
  }

  #lock(locked) {
    for (const field of this.#form.elements) if (field.type !== "hidden") field.disabled = locked;
  }

  #row(state, name, title, words, ...acts) {
    return h("li", { className: "file", dataset: { state } }, icon(name),
      h("div", {}, h("span", { className: "name" }, title), h("p", { className: "sub" }, words)), ...acts);
  }

  #button(words, name, onclick, { silent = false } = {}) {
    const made = h("button", { type: "button", className: silent ? "button quiet square small" : "button small", onclick }, icon(name, { size: "small" }));
    if (silent) made.setAttribute("aria-label", words);
    else made.append(words);
    return made;
  }
});
