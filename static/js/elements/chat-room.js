import { announcer } from "../lib/announce.js";
import { call } from "../lib/api.js";
import { draftStore, hiddenMessages, onOutboxChange, outboxStore } from "../lib/database.js";
import { arrange, h } from "../lib/dom.js";
import { excerpt } from "../lib/markdown.js";
import { conversation, me, roomPage, socket, times } from "../lib/page.js";
import { goSignIn } from "../lib/place.js";
import { turn } from "../lib/turn.js";
import { Conversation } from "../models/conversation.js";
import { onLongPress, openSheet } from "./message-choices.js";
import { complaint } from "./message-trouble.js";
import { showRemoval } from "./removal.js";
import { RoomActs } from "./room-acts.js";
import { RoomHead } from "./room-head.js";
import { toast } from "./toast-list.js";

const LATE = 10_000; // a message that waits longer says so
const SKELETON_AFTER = 300;

/** One room: brings the conversation, what is shown of it and what is done in it together. */
customElements.define("chat-room", class extends HTMLElement {
  #conversation;
  #acts;
  #head;
  #hidden = new Set();
  #said = new Set(); // whose writing was announced
  #drawing = false;
  #waking = null;
  #slow = false;
  #talk = this.querySelector("message-log");
  #composer = this.querySelector("message-composer");
  #banner = this.querySelector("connection-banner");
  #typing = this.querySelector("typing-line");

  async connectedCallback() {
    const stores = { outbox: await outboxStore(), drafts: draftStore };
    const data = conversation();
    this.#conversation = new Conversation({
      data, me: me.user, world: { call, socket, stores, turn, times }, on: this.#ears(),
    });
    this.#head = new RoomHead(this, this.#conversation);
    this.#acts = new RoomActs({
      conversation: this.#conversation, talk: this.#talk, composer: this.#composer, hidden: this.#hidden,
    });
    this.#listen();
    (await hiddenMessages(me.user, data.room.id)).forEach((id) => this.#hidden.add(id));
    this.#show();
    this.#talk.toUnread();
    await this.#conversation.start();
    await this.#restoreDraft(data.room.draft);
  }

  disconnectedCallback() {
    this.#conversation?.close();
    clearTimeout(this.#waking);
  }

  /** Is the newest message of this room before somebody's eyes? */
  watches(id) {
    return id === this.#conversation?.id && this.#talk.watched;
  }

  /** What a shortcut does in a room. */
  act(name) {
    if (name === "newest") this.#talk.toEnd();
    else if (name === "write") this.#composer.focus();
    else this.#acts.do(name, this.#talk.chosen);
  }

  #ears() {
    return {
      changed: () => this.#draw(),
      arrived: (message) => this.#arrived(message),
      typing: (users) => this.#writing(users),
      state: (state) => this.#stateChanged(state),
      synced: () => {
        this.dataset.state = "live";
        this.#banner.back(this.#conversation.outbox.waiting);
        this.#draw();
      },
      told: (entry, answer) => this.#told(entry, answer),
    };
  }

  #listen() {
    const { link } = this.#conversation;
    this.addEventListener("act", ({ detail: { act, key, opener } }) => this.#acts.do(act, this.#talk.item(key), opener));
    this.addEventListener("seen", ({ detail }) => this.#conversation.seen(detail.seq));
    this.addEventListener("earlier", () => this.#earlier());
    this.addEventListener("redraw", () => this.#draw());
    this.addEventListener("hurry", () => link.hurry());
    this.addEventListener("trouble", ({ detail }) => toast(detail));
    this.addEventListener("post", ({ detail }) => this.#post(detail));
    this.addEventListener("alter", ({ detail }) => this.#alter(detail));
    this.addEventListener("write", () => this.#composer.focus());
    this.addEventListener("draft", ({ detail }) => this.#keepDraft(detail.text));
    this.addEventListener("typing", () => link.send({ type: "typing" }));
    this.addEventListener("editlast", () => this.#editLast());
    this.querySelector("#leave form").addEventListener("submit", ({ submitter }) => {
      if (submitter.formMethod !== "dialog") this.#conversation.close();
    });
    onLongPress(this.#talk, (li) => {
      const item = this.#talk.item(li.dataset.key);
      if (item && !item.entry && item.state !== "gone") openSheet(item, (act) => this.#acts.do(act, item));
    });
    onOutboxChange((user, room) => user === me.user && room === this.#conversation.id && this.#conversation.reload());
    addEventListener("online", () => link.hurry());
    addEventListener("offline", () => link.doubt());
    addEventListener("pagehide", () => this.#conversation.drafts.flush(true));
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) this.#conversation.drafts.flush(true);
      else link.hurry();
    });
  }

  // Drawn once a frame, however much has changed; a page in the background has no frames.
  #draw() {
    if (this.#drawing || !this.#conversation) return;
    this.#drawing = true;
    const draw = () => {
      this.#drawing = false;
      this.#show();
    };
    if (document.hidden) setTimeout(draw);
    else requestAnimationFrame(draw);
  }

  #show() {
    const { log, members, outbox } = this.#conversation;
    const items = this.#conversation.items(this.#hidden);
    this.#talk.draw(items, members, this.#top(log.more, items.length));
    this.#head.draw();
    if (this.#conversation.link.live) this.#banner.back(outbox.waiting);
    clearTimeout(this.#waking);
    const soon = items.some((item) => item.state === "pending" && !item.late);
    this.#waking = setTimeout(() => this.#draw(), soon ? LATE / 4 : times.untilMidnight());
  }

  #top(more, any) {
    if (more) return [this.#earlierRow()];
    const beginning = this.#talk.querySelector(".beginning");
    return any || !beginning ? [] : [beginning];
  }

  #earlierRow() {
    const row = this.#talk.querySelector(".earlier") ?? h("li", { className: "earlier" });
    const button = row.querySelector("button") ?? h("button", { type: "button", className: "button small" }, gettext("Earlier messages"));
    button.onclick = () => this.#earlier();
    const skeleton = row.querySelector(".loading") ?? h("div", { className: "loading", role: "status", "aria-busy": "true" },
      h("span", { className: "hidden" }, gettext("Loading earlier messages")),
      h("div", { className: "skeleton round" }),
      h("div", {}, h("div", { className: "skeleton w-40" }), h("div", { className: "skeleton w-80" })));
    arrange(row, [this.#slow ? skeleton : button]);
    return row;
  }

  async #earlier() {
    if (this.#conversation.history.loading) return;
    const slow = setTimeout(() => {
      this.#slow = true;
      this.#draw();
    }, SKELETON_AFTER);
    try {
      await this.#conversation.history.earlier();
    } catch (error) {
      toast(error.message);
    } finally {
      clearTimeout(slow);
      this.#slow = false;
      this.#draw();
    }
  }

  #arrived(message) {
    if (!this.#talk.watched) this.#conversation.away(message);
    if (!document.hidden) announcer.message(`${this.#conversation.members.name(message.user)}: ${excerpt(message.message)}`);
  }

  #writing(users) {
    const names = users.map((user) => this.#conversation.members.name(user));
    this.#typing.show(names);
    users.forEach((user, at) => {
      if (this.#said.has(user)) return;
      this.#said.add(user);
      announcer.tell(interpolate(gettext("%s is writing"), [names[at]]));
    });
  }

  #told(entry, answer) {
    if (answer.type !== "error") return;
    announcer.tell(complaint(entry, answer));
    if (answer.code !== "stale_revision") return;
    this.#show();
    this.#acts.compare(entry, answer);
  }

  #stateChanged(state) {
    const { link, room } = this.#conversation;
    if (!link.live) this.dataset.state = state.name;
    this.dispatchEvent(new CustomEvent("socket", { detail: link.socket, bubbles: true }));
    this.#banner.follow(state);
    if (state.reason === "signed_out") goSignIn();
    else if (state.reason === "removed") this.#removed();
    else if (roomPage(room.connection_id) !== location.pathname) history.replaceState(null, "", roomPage(room.connection_id));
  }

  #removed() {
    const unsent = this.#conversation.outbox.entries.filter((entry) => entry.state !== "sent").map((entry) => entry.message ?? "");
    showRemoval(this, [...unsent, this.#composer.text]);
  }

  async #post({ text, replyTo }) {
    try {
      await this.#conversation.post(text, replyTo);
    } catch {
      this.#composer.text = text;
      this.#noRoom();
      return;
    }
    this.#talk.toEnd();
    this.#keepDraft("");
    this.#conversation.drafts.flush();
  }

  async #alter({ message, rev, text }) {
    try {
      await this.#conversation.edit(message, text, rev);
    } catch {
      this.#composer.edit(message, rev, text);
      this.#noRoom();
    }
  }

  #noRoom() {
    this.#composer.complain(gettext("This device has no room to keep the message. Your text is still here."));
  }

  #editLast() {
    const mine = this.#conversation.items(this.#hidden).findLast((item) => item.own && !item.entry && item.state !== "gone");
    this.#acts.do("edit", mine);
  }

  async #restoreDraft(server) {
    const text = await this.#conversation.drafts.restore(server);
    if (text !== this.#composer.text && this.#composer.isDraft && !this.#composer.matches(":focus-within")) this.#composer.text = text;
  }

  async #keepDraft(text) {
    await this.#conversation.drafts.write(text);
    this.#composer.kept = text ? gettext("Draft kept on this device") : "";
  }
});
