const MOST = 6;
const BEGUN = /(?:^|[^\p{L}\p{N}_@./+-])@([\p{L}\p{N}_.+-]{0,40})$/u;

/** The name that is being written before the caret: `from` is where its @ stands. Null where there is none. */
export function begun(text, caret) {
  const found = BEGUN.exec(text.slice(0, caret));
  return found && { from: caret - found[1].length - 1, words: found[1] };
}

/** Those of these people who may read what is written and whose user name, or a word of whose name, begins so. */
export function suggested(people, { words, visibility }) {
  const wanted = folded(words);
  const fits = ({ user, name }) => [user, ...name.split(/\s+/u)].some((word) => folded(word).startsWith(wanted));
  return people.filter(({ reads }) => reads.includes(visibility)).filter(fits).slice(0, MOST);
}

/** The text with the whole name in the place of its beginning, and where the caret stands then. */
export function completed(text, caret, { from, user }) {
  const before = `${text.slice(0, from)}@${user} `;
  return { text: before + text.slice(caret).replace(/^ /u, ""), caret: before.length };
}

function folded(word) {
  return word.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}
