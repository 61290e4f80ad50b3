// What this browser keeps for a person: the outbox, drafts, tombstones that were hidden. One database for all tabs.

import { MemoryStore } from "../models/outbox.js";

const NAME = "digi";
const VERSION = 1;

let opening = null;

/** The database, or null where the browser keeps none. */
export function database() {
  opening ??= open().catch(() => null);
  return opening;
}

function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => {
      const db = request.result;
      db.createObjectStore("outbox", { keyPath: "order", autoIncrement: true }).createIndex("user", "user");
      db.createObjectStore("drafts", { keyPath: ["user", "room"] }).createIndex("user", "user");
      db.createObjectStore("hidden", { keyPath: ["user", "room", "message_id"] }).createIndex("user", "user");
      db.createObjectStore("leases", { keyPath: "name" });
    };
    request.onsuccess = () => {
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("blocked"));
  });
}

/** Run one transaction; `work(store)` may return a request, whose result is given once everything is stored. */
export async function transact(db, name, mode, work) {
  return new Promise((resolve, reject) => {
    const transaction = db.transaction(name, mode);
    const request = work(transaction.objectStore(name));
    transaction.oncomplete = () => resolve(request?.result);
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
}

const channel = globalThis.BroadcastChannel ? new BroadcastChannel("digi") : null;

const here = new EventTarget();

/** Hear when another tab has changed an outbox: `told(user, room)`. */
export function onOutboxChange(told) {
  channel?.addEventListener("message", ({ data }) => told(data.user, data.room));
}

/** Hear when any tab, this one too, has changed an outbox. */
export function onAnyOutboxChange(told) {
  onOutboxChange(told);
  here.addEventListener("outbox", ({ detail }) => told(detail.user, detail.room));
}

class IndexedOutbox {
  #db;

  constructor(db) {
    this.#db = db;
  }

  async list(user, room) {
    const all = await transact(this.#db, "outbox", "readonly", (store) => store.index("user").getAll(user));
    return all.filter((entry) => entry.room === room);
  }

  async add(entry) {
    const order = await transact(this.#db, "outbox", "readwrite", (store) => store.add(entry));
    return this.#tell({ ...entry, order });
  }

  async put(entry) {
    await transact(this.#db, "outbox", "readwrite", (store) => {
      store.get(entry.order).onsuccess = ({ target }) => target.result && store.put(entry);
    });
    this.#tell(entry);
  }

  async remove(order) {
    let gone;
    await transact(this.#db, "outbox", "readwrite", (store) => {
      store.get(order).onsuccess = ({ target }) => (gone = target.result);
      return store.delete(order);
    });
    if (gone) this.#tell(gone);
  }

  #tell(entry) {
    const change = { user: entry.user, room: entry.room };
    channel?.postMessage(change);
    here.dispatchEvent(new CustomEvent("outbox", { detail: change }));
    return entry;
  }
}

/** The store of outbox entries: see `MemoryStore` for what it does. */
export async function outboxStore() {
  const db = await database();
  return db ? new IndexedOutbox(db) : new MemoryStore();
}

/** The store of drafts; without a database it forgets at once. */
export const draftStore = {
  async get(user, room) {
    const db = await database();
    return db ? ((await transact(db, "drafts", "readonly", (store) => store.get([user, room]))) ?? null) : null;
  },
  async put(record) {
    const db = await database();
    if (db) await transact(db, "drafts", "readwrite", (store) => store.put(record));
  },
  async delete(user, room) {
    const db = await database();
    if (db) await transact(db, "drafts", "readwrite", (store) => store.delete([user, room]));
  },
};

/** The drafts of a person that the server does not have yet, by room. */
export async function unsavedDrafts(user) {
  const db = await database();
  if (!db) return new Map();
  const all = await transact(db, "drafts", "readonly", (store) => store.index("user").getAll(user));
  return new Map(all.filter((record) => !record.saved).map(({ room, text }) => [room, text]));
}

/** The ids of the tombstones that a person has hidden in a room. */
export async function hiddenMessages(user, room) {
  const db = await database();
  if (!db) return new Set();
  const all = await transact(db, "hidden", "readonly", (store) => store.index("user").getAll(user));
  return new Set(all.filter((record) => record.room === room).map((record) => record.message_id));
}

export async function hideMessage(user, room, messageId) {
  const db = await database();
  if (db) await transact(db, "hidden", "readwrite", (store) => store.put({ user, room, message_id: messageId }));
}

/** The last message of a person that is not sent, by room. */
export async function unsentByRoom(user) {
  const db = await database();
  if (!db) return new Map();
  const all = await transact(db, "outbox", "readonly", (store) => store.index("user").getAll(user));
  return new Map(all.filter(({ kind }) => kind === "add").map((entry) => [entry.room, entry]));
}

/** How many things a person has written here that the server does not have. */
export async function unsentCount(user) {
  const db = await database();
  return db ? transact(db, "outbox", "readonly", (store) => store.index("user").count(user)) : 0;
}

/** Forget everything of a person. */
export async function wipe(user) {
  const db = await database();
  if (!db) return;
  for (const name of ["outbox", "drafts", "hidden"]) {
    await transact(db, name, "readwrite", (store) => {
      store.index("user").openKeyCursor(user).onsuccess = ({ target }) => {
        if (!target.result) return;
        store.delete(target.result.primaryKey);
        target.result.continue();
      };
    });
  }
}
