// The delay of the last ten minutes: the median of five seconds each.

import { written } from "../lib/amounts.js";
import { near } from "../lib/camera.js";

const SVG = "http://www.w3.org/2000/svg";
const [LEFT, RIGHT, TOP, BOTTOM] = [36, 640, 12, 96];
const SPAN = 600_000;

customElements.define("delay-chart", class extends HTMLElement {
  #drawn = -1;

  connectedCallback() {
    this.#draw([], null, Date.now());
  }

  /** `delay` is the viewer's; drawn anew when five seconds more are known. */
  show(delay, at) {
    const { series } = delay;
    const newest = series.at(-1)?.at ?? 0;
    if (newest === this.#drawn) return;
    this.#drawn = newest;
    this.#draw(series, delay.quantile(0.5), at);
  }

  #draw(series, last, at) {
    const top = ceiling(Math.max(10, ...series.map(({ ms }) => ms)));
    const x = (moment) => RIGHT - ((at - moment) / SPAN) * (RIGHT - LEFT);
    const y = (ms) => BOTTOM - (Math.max(0, ms) / top) * (BOTTOM - TOP);
    const parts = [
      part("path", { class: "grid", d: `M${LEFT} ${y(top)}H${RIGHT}M${LEFT} ${y(top / 2)}H${RIGHT}` }),
      part("path", { class: "axis", d: `M${LEFT} ${BOTTOM}H${RIGHT}` }),
      ...[top, top / 2, 0].map((ms) => words(28, y(ms) + 4, "end", written(ms))),
      ...[10, 5, 0].map((minutes) => words(x(at - minutes * 60_000), 116, minutes === 10 ? "start" : "middle", near(at - minutes * 60_000))),
    ];
    if (series.length) {
      const points = [...series.map(({ at: moment, ms }) => `${x(moment).toFixed(1)} ${y(ms).toFixed(1)}`), `${RIGHT} ${y(last ?? series.at(-1).ms).toFixed(1)}`];
      parts.push(
        part("path", { class: "area", d: `M${x(series[0].at).toFixed(1)} ${BOTTOM}L${points.join(" ")}V${BOTTOM}Z` }),
        part("path", { class: "series", d: `M${points.join(" ")}` }),
      );
      if (last !== null) {
        const end = y(last);
        const now = words(RIGHT + 10, end + 4, "start", `${written(Math.max(0, last))} ms`);
        now.classList.add("now");
        parts.push(part("circle", { class: "end", cx: RIGHT, cy: end, r: 3.5 }), now);
      }
    }
    const chart = this.querySelector("svg");
    chart.replaceChildren(...parts);
    if (last !== null) {
      const sentence = interpolate(gettext("Delay from the camera to this screen: %s ms now, %s ms at most."), [
        written(Math.max(0, last)), written(Math.max(last, ...series.map(({ ms }) => ms))),
      ]);
      chart.setAttribute("aria-label", sentence);
    }
  }
});

function part(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

function words(x, y, anchor, text) {
  const element = part("text", { x, y, "text-anchor": anchor });
  element.textContent = text;
  return element;
}

/** The next round number: 10, 20, 50, 100 … */
function ceiling(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((factor) => factor * power).find((round) => round >= value);
}
