// One tab at a time: by the browser's locks, or by a lease in the database where a page has none (plain http).

import { newId } from "./ids.js";
import { database, transact } from "./database.js";

const LEASE = 6000;
const RENEW = 2000;
const ASK_AGAIN = 300;
const tab = newId();

/** Do `work` while no other tab does work of this name; gives what it gives. */
export async function turn(name, work) {
  if (navigator.locks) return navigator.locks.request(`digi ${name}`, work);
  const db = await database();
  return db ? leased(db, name, work) : work();
}

async function leased(db, name, work) {
  while (!(await take(db, name))) await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN));
  const renewing = setInterval(() => take(db, name), RENEW);
  try {
    return await work();
  } finally {
    clearInterval(renewing);
    await transact(db, "leases", "readwrite", (store) => {
      store.get(name).onsuccess = ({ target }) => target.result?.tab === tab && store.delete(name);
    });
  }
}

async function take(db, name) {
  let mine = false;
  await transact(db, "leases", "readwrite", (store) => {
    store.get(name).onsuccess = ({ target: { result } }) => {
      mine = !result || result.tab === tab || result.until < Date.now();
      if (mine) store.put({ name, tab, until: Date.now() + LEASE });
    };
  });
  return mine;
}
