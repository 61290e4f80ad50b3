import { announcer } from "../lib/announce.js";
import { call } from "../lib/api.js";
import { onAnyOutboxChange, unsavedDrafts, unsentByRoom } from "../lib/database.js";
import { arrange, h } from "../lib/dom.js";
import { excerpt } from "../lib/markdown-text.js";
import { me, roomPage, socket, times } from "../lib/page.js";
import { goSignIn } from "../lib/place.js";
import { Link } from "../models/link.js";
import { Listing } from "../models/listing.js";
import { RoomList } from "../models/rooms.js";
import { fillRow } from "./room-row.js";

/** The rooms of the signed-in person, kept up to date; also the count of what is unread in the page's title. */
customElements.define("room-list", class extends HTMLElement {
  #rooms = new RoomList({ rooms: [], me: me.user, watching: (id) => this.#watching(id) });
  #link = new Link({
    address: () => socket(), hear: (frame) => this.#heard(frame), changed: (state) => this.#stateChanged(state),
    probe: () => this.#load(),
  });
  #listing = new Listing({ rooms: this.#rooms, call, changed: () => this.#draw() });
  #list = this.querySelector("ul.rooms");
  #nodes = new Map();
  #drawn = new Map(); // what each row was drawn from
  #drafts = new Map();
  #waiting = new Map(); // the last unsent message of a room
  #loaded = false;
  #wished = 0;
  #title = document.title.replace(/^\(\d+\+?\) /, "");
  #filter = this.querySelector(".only-unread");
  #banner = this.querySelector("connection-banner");

  connectedCallback() {
    for (const li of this.#list.children) this.#nodes.set(li.dataset.room, li);
    this.#filter.addEventListener("click", () => {
      this.#filter.setAttribute("aria-pressed", String(!this.#onlyUnread));
      this.#draw();
    });
    this.#list.addEventListener("keydown", (event) => this.#keyed(event));
    onAnyOutboxChange((user) => user === me.user && this.#recount());
    this.addEventListener("hurry", () => this.#link.hurry());
    addEventListener("online", () => this.#link.hurry());
    addEventListener("offline", () => this.#link.doubt());
    document.addEventListener("visibilitychange", () => document.hidden || this.#link.hurry());
    this.#link.open();
  }

  disconnectedCallback() {
    this.#link.close();
  }

  /** Open the next unread room, down or up the list; keys pressed before the list is there wait for it. */
  goUnread(step) {
    if (!this.#loaded) {
      this.#wished = step;
      return;
    }
    const next = this.#rooms.nextUnread(this.dataset.current ?? null, step);
    if (next) location.assign(roomPage(next.connection_id));
  }

  /** Move the focus by a row. */
  move(step) {
    const links = [...this.#list.querySelectorAll("li:not([hidden]) a")];
    const at = links.indexOf(document.activeElement);
    const from = at === -1 ? links.findIndex((link) => link.matches("[aria-current]")) : at;
    links[Math.min(links.length - 1, Math.max(0, from + step))]?.focus();
  }

  get #onlyUnread() {
    return this.#filter.getAttribute("aria-pressed") === "true";
  }

  #watching(id) {
    return document.querySelector("chat-room")?.watches(id) ?? false;
  }

  #stateChanged(state) {
    this.#banner?.follow(state);
    if (state.reason === "signed_out") goSignIn();
  }

  #heard(frame) {
    if (frame.type === "welcome") this.#load();
    if (!frame.room) return;
    const outcome = this.#listing.heard(frame);
    if (frame.type === "add" && frame.user !== me.user && outcome !== "same") this.#received(frame);
  }

  /** What came between the page and its socket, or while it was away, stands in the whole list. */
  async #load() {
    const [outcome, drafts] = await Promise.all([this.#listing.load(), unsavedDrafts(me.user)]);
    if (outcome !== "fresh") return outcome;

    this.#drafts = drafts;
    this.#loaded = true;
    this.#banner?.back(0);
    this.#rooms.all.forEach((room) => this.#deliver(room));
    await this.#recount();
    if (this.#wished) this.goUnread(this.#wished);
    this.#wished = 0;
    return outcome;
  }

  /** What is still to be sent, and where. */
  async #recount() {
    this.#waiting = await unsentByRoom(me.user);
    this.#draw();
  }

  #received(frame) {
    if (frame.room === this.dataset.current) return; // the room speaks for itself
    this.#link.send({ type: "delivered", room: frame.room, seq: frame.seq });
    const room = this.#rooms.get(frame.room);
    if (room && !document.hidden) announcer.message(`${room.title}: ${excerpt(frame.message)}`);
  }

  #deliver({ id, members, last_message: last }) {
    const mine = members.find((member) => member.user === me.user);
    if (id === this.dataset.current || !last || last.user === me.user || last.seq <= mine.delivered) return;
    this.#link.send({ type: "delivered", room: id, seq: last.seq });
  }

  #draw() {
    if (!this.#loaded) return;
    const rooms = this.#rooms.all;
    const shown = rooms.filter((room) => !this.#onlyUnread || room.unread || room.id === this.dataset.current);
    arrange(this.#list, shown.map((room) => this.#row(room)));
    this.querySelector(".none").hidden = rooms.length > 0;
    this.querySelector(".none-unread").hidden = shown.length > 0 || rooms.length === 0;
    this.#tellUnread();
  }

  #row(room) {
    const li = this.#nodes.get(room.id) ?? h("li", { dataset: { room: room.id } });
    this.#nodes.set(room.id, li);
    const current = room.id === this.dataset.current;
    const draft = current ? "" : (this.#drafts.get(room.id) ?? room.draft);
    const waiting = this.#waiting.get(room.id);
    const drawn = [room, draft, waiting?.cid, waiting?.state, times.day(Date.now())];
    if (this.#drawn.get(li)?.every((part, at) => part === drawn[at])) return li;
    fillRow(li, room, { draft, waiting, current });
    this.#drawn.set(li, drawn);
    return li;
  }

  #tellUnread() {
    const { unread } = this.#rooms;
    document.title = unread ? `(${unread}) ${this.#title}` : this.#title;
    const link = document.querySelector('.nav a[aria-current="page"]');
    link?.querySelector(".count")?.remove();
    if (!unread || !link) return;
    link.append(h("span", { className: "count" }, unread > 99 ? "99+" : String(unread), h("span", { className: "hidden" }, ` ${gettext("unread")}`)));
  }

  #keyed(event) {
    if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
    if (event.altKey) return;
    event.preventDefault();
    this.move(event.key === "ArrowDown" ? 1 : -1);
  }
});
