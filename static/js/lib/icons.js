// Icons of the sprite, for parts that scripts build. The page names the sprite's hashed address.

const SVG = "http://www.w3.org/2000/svg";
const sprite = document.querySelector('meta[name="icons"]').content;
let kept = false;

/** Take the whole sprite into the page: for parts that are drawn while no server answers. */
export async function keepIcons() {
  const answer = await fetch(sprite);
  if (!answer.ok) return;
  const { documentElement } = new DOMParser().parseFromString(await answer.text(), "image/svg+xml");
  for (const symbol of documentElement.querySelectorAll("symbol")) symbol.id = `icon-${symbol.id}`;
  documentElement.setAttribute("hidden", "");
  documentElement.setAttribute("aria-hidden", "true");
  document.body.append(document.adoptNode(documentElement));
  kept = true;
}

/** An icon by its name in the sprite; `size` is "", "small" or "large"; without a `label` it is decoration. */
export function icon(name, { size = "", label = "" } = {}) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", `icon ${size}`.trim());
  if (label) {
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", label);
  } else {
    svg.setAttribute("aria-hidden", "true");
  }
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", kept ? `#icon-${name}` : `${sprite}#${name}`);
  svg.append(use);
  return svg;
}
