// Stands between the browser and the server for whole pages alone: where no server answers, it shows the kept page.

const KEPT = "digi-offline";
const PAGE = new URL("offline/", location).pathname;
let without = false; // a page has just failed: its parts come from what is kept, too

async function keep() {
  const page = await fetch(PAGE, { cache: "reload" });
  if (!page.ok) throw new Error(`offline page: HTTP ${page.status}`);
  const parts = (await page.clone().text()).matchAll(/(?:href|src)="([^"#]*\/static\/[^"#]+)/g);
  await caches.delete(KEPT);
  const cache = await caches.open(KEPT);
  await cache.addAll([...new Set([...parts].map(([, address]) => address))]);
  await cache.put(PAGE, page);
}

async function answer(event) {
  try {
    const response = await (await event.preloadResponse ?? fetch(event.request));
    without = false;
    return response;
  } catch {
    without = true;
    return await caches.match(PAGE) ?? Response.error();
  }
}

addEventListener("install", (event) => event.waitUntil(keep().then(() => skipWaiting())));

addEventListener("activate", (event) => event.waitUntil(registration.navigationPreload?.enable()));

addEventListener("message", ({ data }) => {
  if (data === "renew") keep().catch(() => {}); // offline already: what is kept stays
});

addEventListener("fetch", (event) => {
  if (event.request.mode === "navigate") event.respondWith(answer(event));
  else if (without) event.respondWith(caches.match(event.request).then((kept) => kept ?? fetch(event.request)));
});
