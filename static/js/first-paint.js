// What the first paint must know: the theme, so that it never flashes, and what this browser can do, so that nothing
// moves later. No module: those wait for the page.
(() => {
  const root = document.documentElement;
  root.dataset.scripted = "";
  if (globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON) root.dataset.passkeys = "";

  const colours = [...document.querySelectorAll('meta[name="theme-color"]')].map((meta) => [meta, meta.media]);

  function chosen() {
    try {
      return localStorage.getItem("digi.theme");
    } catch {
      return null; // a browser that keeps nothing follows the system
    }
  }

  function show() {
    const theme = chosen();
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    else delete root.dataset.theme;
    for (const [meta, media] of colours) {
      meta.media = root.dataset.theme ? (media.includes(root.dataset.theme) ? "all" : "not all") : media;
    }
  }

  addEventListener("storage", show);
  addEventListener("theme", show);
  show();
})();
