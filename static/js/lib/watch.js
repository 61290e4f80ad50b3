// Which of somebody's open pages stay connected. The one that is looked at does. Of those that are hidden one stays, to
// count and to tell; the others rest after a minute, since a person has a limited number of connections.

const REST = 60_000; // milliseconds
const LOOKING = "digi.looking";
const KEEPING = "digi.keeping";

/** Run `wake` when this page shall be connected, `rest` when it need not be, `looked` when somebody looks at it again.
 *
 * Plain http from another host has no locks: there every hidden page rests, and no browser shows anything outside.
 */
export function keepWatch({ wake, rest, looked }) {
  let end = () => {};
  const turn = () => {
    end();
    end = document.hidden ? hide({ wake, rest }) : hold(LOOKING);
    if (document.hidden) return;
    wake();
    looked();
  };
  document.addEventListener("visibilitychange", turn);
  turn();
}

/** Is any page of this browser looked at? */
export async function isLookedAt() {
  const { held = [] } = await navigator.locks?.query() ?? {};
  return held.some(({ name }) => name === LOOKING);
}

function hide({ wake, rest }) {
  let keeps = false;
  const timer = setTimeout(() => keeps || rest(), REST);
  const release = hold(KEEPING, { mode: "exclusive", granted: () => {
    keeps = true;
    wake();
  } });
  return () => {
    clearTimeout(timer);
    release();
  };
}

// Ask for a lock and keep it until the function that is returned is called.
function hold(name, { mode = "shared", granted = () => {} } = {}) {
  const asking = new AbortController();
  let release = () => asking.abort();
  navigator.locks?.request(name, { mode, signal: asking.signal }, () => {
    if (asking.signal.aborted) return undefined;
    granted();
    return new Promise((resolve) => (release = resolve));
  }).catch(() => {}); // asked for no longer
  return () => release();
}
