import { hideMessage } from "../lib/database.js";
import { me } from "../lib/page.js";
import { openMenu } from "./message-choices.js";
import { complaint } from "./message-trouble.js";
import { showRevisions } from "./revisions-dialog.js";
import { toast } from "./toast-list.js";

const UNDO = 6; // seconds
const AT_ONCE = 10_000; // milliseconds: who has written this just now waits for what becomes of it

/** What a person may do with a message of the conversation; each is given the message's item. */
export class RoomActs {
  #conversation;
  #talk;
  #composer;
  #hidden;
  #toasts = new Map(); // what takes an offer to undo back, by cid

  constructor({ conversation, talk, composer, hidden }) {
    this.#conversation = conversation;
    this.#talk = talk;
    this.#composer = composer;
    this.#hidden = hidden;
  }

  /** Do the act of this name; `opener` is the button it came from. */
  do(act, item, opener) {
    if (item) this[act]?.(item, opener);
  }

  reply({ message, state, entry }) {
    if (state === "gone" || entry) return;
    this.#composer.reply(message, this.#conversation.members.name(message.user));
  }

  edit({ message, own, state, entry }) {
    if (own && !entry && state !== "gone") this.#composer.edit(message, message.rev);
  }

  async delete({ key, message, own, state, entry }) {
    if (!own || entry || state === "gone") return;
    let cid;
    try {
      ({ cid } = await this.#conversation.delete(message));
    } catch { // the device has no room for it
      toast(gettext("That did not work. Try again or take another way."));
      return;
    }
    this.#talk.focusOn(key);
    const run = () => this.#conversation.outbox.discard(cid);
    this.#toasts.set(cid, toast(gettext("Message deleted"), { seconds: UNDO, action: { label: gettext("Undo"), run } }));
  }

  undo({ entry }) {
    this.#conversation.outbox.discard(entry.cid);
    this.#toasts.get(entry.cid)?.();
  }

  async hide({ key, message }) {
    this.#hidden.add(message.message_id);
    this.#talk.focusBeside(key);
    this.#talk.dispatchEvent(new Event("redraw", { bubbles: true }));
    await hideMessage(me.user, this.#conversation.id, message.message_id);
  }

  choices(item, opener) {
    openMenu(item, opener, (act) => this.do(act, item, opener));
  }

  revisions({ message }) {
    showRevisions(this.#conversation.id, message);
  }

  async copy({ message }) {
    await navigator.clipboard.writeText(message.message);
    toast(gettext("Copied"));
  }

  async jump({ source }) {
    if (this.#talk.show(source.seq)) return;
    try {
      await this.#conversation.history.reach(source.seq);
    } catch (error) {
      toast(error.message);
      return;
    }
    requestAnimationFrame(() => requestAnimationFrame(() => this.#talk.show(source.seq)));
  }

  retry({ entry }) {
    this.#conversation.retry(entry.cid);
  }

  discard({ entry }) {
    this.#conversation.outbox.discard(entry.cid);
  }

  /** An edit that met another one: show both texts to who has just sent it, and offer them to who reads on meanwhile. */
  compare(entry, answer) {
    const run = () => this.#talk.reveal(entry.cid);
    if (Date.now() - Date.parse(entry.at) < AT_ONCE) run();
    else toast(complaint(entry, answer), { seconds: 0, action: { label: gettext("Show both"), run } });
  }

  /** My text on top of what stands there now; that one stays in the message's history. */
  overwrite({ entry }) {
    this.#conversation.retry(entry.cid, { base_rev: entry.error.rev });
  }

  async resend({ entry }) {
    await this.#conversation.outbox.discard(entry.cid);
    this.#conversation.post(entry.message, null);
  }

  /** The failed text back into the composer. */
  async rewrite({ entry, message }) {
    await this.#conversation.outbox.discard(entry.cid);
    if (entry.kind === "edit") {
      this.#composer.edit(message, entry.error.rev ?? message.rev, entry.message);
    } else {
      const before = this.#composer.text.trim();
      this.#composer.text = before ? `${before}\n\n${entry.message}` : entry.message;
      this.#composer.focus();
    }
  }
}
