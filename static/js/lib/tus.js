// Speaks tus 1.0.0 with the server, as docs/protocols/uploads.md writes it down.

/** The server has refused, or has not answered: then `status` is 0. The message is for the person. */
export class Refusal extends Error {
  constructor(status, problem = {}, retryAfter = null) {
    super(problem.detail ?? gettext("The server does not answer."));
    Object.assign(this, { status, code: problem.code ?? "unreachable", offset: problem.offset, retryAfter });
  }
}

/** Ask the server; gives the answer if it is a good one, throws a `Refusal` otherwise. */
export async function ask(method, address, { headers = {}, body, ...more } = {}) {
  let answer;
  try {
    answer = await fetch(address, { method, headers: { ...ours(), ...headers }, body, ...more });
  } catch {
    throw new Refusal(0);
  }
  if (!answer.ok) {
    const problem = await answer.json().catch(() => ({}));
    throw new Refusal(answer.status, problem, Number(answer.headers.get("Retry-After")) || null);
  }
  return answer;
}

/** What models/upload.js sends by; `uploads` is the address at which files are announced. */
export function wire(uploads) {
  return {
    async begin({ name, size }) {
      const headers = { "Upload-Length": String(size), "Upload-Metadata": `filename ${base64(name)}` };
      return (await ask("POST", uploads, { headers })).headers.get("Location");
    },
    async offset(place) {
      return Number((await ask("HEAD", place)).headers.get("Upload-Offset"));
    },
    drop: (place) => ask("DELETE", place),
    send,
  };
}

// fetch does not tell how far a body has come; XMLHttpRequest does.
function send({ place, offset, part, progress, signal }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("PATCH", place);
    const headers = { ...ours(), "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(offset) };
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.addEventListener("progress", ({ loaded }) => progress(loaded));
    request.addEventListener("load", () => {
      const after = Number(request.getResponseHeader("Retry-After")) || null;
      if (request.status === 204) resolve(Number(request.getResponseHeader("Upload-Offset")));
      else reject(new Refusal(request.status, problemOf(request), after));
    });
    for (const end of ["error", "abort", "timeout"]) request.addEventListener(end, () => reject(new Refusal(0)));
    signal.addEventListener("abort", () => request.abort());
    request.send(part);
  });
}

function problemOf({ responseText }) {
  try {
    return JSON.parse(responseText);
  } catch {
    return {};
  }
}

function ours() {
  return { "Accept": "application/json", "Tus-Resumable": "1.0.0", "X-CSRFToken": document.querySelector('meta[name="csrf-token"]').content };
}

function base64(text) {
  return btoa(String.fromCodePoint(...new TextEncoder().encode(text)));
}
