/** The bar over a conversation: presence, the switch for receipts, leaving. */
export class RoomHead {
  #room;
  #conversation;
  #standing;
  #face;
  #receipts;
  #hint;
  #left;

  constructor(room, conversation) {
    this.#room = room;
    this.#conversation = conversation;
    this.#standing = room.querySelector(".standing");
    this.#face = room.querySelector(".bar .avatar");
    this.#receipts = room.querySelector("input[name=receipts]");
    this.#hint = room.querySelector("#receipts-hint");
    this.#left = room.querySelector(".has-left");
    this.#receipts.addEventListener("change", () => this.#switch());
    room.querySelector("[data-leave]").addEventListener("click", (event) => {
      event.preventDefault();
      room.querySelector("#leave").showModal();
    });
  }

  /** Show how the other person stands to the room now. */
  draw() {
    const [other] = this.#conversation.members.others;
    const { display_name: name } = other;
    const here = other.presence === "online" && !other.left;
    put(this.#standing, other.left ? gettext("has left this room") : here ? gettext("online") : gettext("not here now"));
    this.#face.querySelector(".presence")?.remove();
    if (here) this.#face.append(Object.assign(document.createElement("i"), { className: "presence" }));
    this.#left.hidden = !other.left;
    this.#receipts.checked = this.#conversation.room.receipts;
    const closed = this.#conversation.room.receipts && other.read === null;
    const words = closed
      ? gettext("%(name)s keeps theirs off, so neither of you sees what the other has read.")
      : gettext("You see what %(name)s has read as long as %(name)s sees what you have.");
    put(this.#hint, interpolate(words, { name }, true));
  }

  async #switch() {
    try {
      await this.#conversation.setReceipts(this.#receipts.checked);
    } catch (error) {
      this.#receipts.checked = this.#conversation.room.receipts;
      this.#room.dispatchEvent(new CustomEvent("trouble", { detail: error.message }));
    }
  }
}

function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
