import { api } from "./page.js";

/** The API's answer is an error; `status` is 0 when there was no answer at all. `code` and more as the API says. */
export class Refused extends Error {
  constructor(status, problem = {}) {
    super(problem.detail ?? gettext("The server does not answer."));
    this.status = status;
    this.code = problem.code ?? "unreachable";
  }
}

/** Ask the API; gives the decoded body, null without one. Throws `Refused`. `leaving` outlives the page. */
export async function call(method, path, body, { leaving = false } = {}) {
  const headers = { Accept: "application/json" };
  if (method !== "GET") headers["X-CSRFToken"] = document.querySelector('meta[name="csrf-token"]').content;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let answer;
  try {
    answer = await fetch(api(path), {
      method, headers, body: body === undefined ? undefined : JSON.stringify(body), keepalive: leaving,
    });
  } catch {
    throw new Refused(0);
  }
  if (answer.status === 204) return null;
  const content = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(answer.status, content);
  return content;
}
