// The worker keeps a page for the time without a server; renewed once a day and with every change of the language.

const CHECKED = "digi.offline";

async function keep() {
  const state = `${document.documentElement.lang} ${new Date().toDateString()}`;
  const home = document.querySelector('link[rel="manifest"]').href; // also where Digi lies below another path
  const registration = await navigator.serviceWorker.register(new URL("worker.js", home));
  if (localStorage.getItem(CHECKED) === state) return;
  registration.active?.postMessage("renew");
  localStorage.setItem(CHECKED, state);
}

// Plain http from another host has no workers, and some browsers keep nothing: then there is no such page.
if (navigator.serviceWorker) addEventListener("load", () => keep().catch(() => {}));
