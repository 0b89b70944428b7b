// Stacked bars over time, drawn by hand, each with a table behind it that says the same.

import { el, svg } from "./make.js";
import { write } from "./route.js";
import { day, dayAndHour, number, t, weekday, word } from "./words.js";

const HEIGHT = 100;
const WIDTH = 1000;
const DAY = 86_400_000;

export const ACTIONS = ["allow", "coach", "warn", "justify", "redact", "block", ""];

const label = (from, width) => (width >= DAY ? weekday(from) : dayAndHour(from));

const named = (kind, name) => (name === "" ? t("chart.undecided") : word(kind, name));

const sum = (counts) => counts.reduce((all, count) => all + count, 0);

// One column for each stretch, one part for each series; a column leads to its rows.
const bars = ({ from, width, stretches }, series, page, filters) => {
  const totals = Array.from({ length: stretches }, (_, at) => sum(series.map(({ counts }) => counts[at])));
  const most = Math.max(...totals, 1);
  const wide = WIDTH / stretches;
  const thick = Math.min(wide * 0.8, WIDTH / 24);
  const column = (at) => {
    let top = HEIGHT;
    const parts = series.filter(({ counts }) => counts[at] > 0).map(({ name, counts }) => {
      const height = (counts[at] / most) * HEIGHT;
      top -= height;
      return svg("rect", { x: at * wide + (wide - thick) / 2, width: thick, y: top, height: Math.max(height - 0.6, 0.6), "data-series": name });
    });
    const start = from + at * width;
    const words = `${label(start, width)}: ${number(totals[at])}`;
    const href = write(page, [], { ...filters, since: new Date(start).toISOString(), until: new Date(start + width).toISOString() });
    const whole = svg("rect", { class: "reach", x: at * wide, y: 0, width: wide, height: HEIGHT });
    return svg("a", { href, tabindex: "-1" }, svg("title", {}, words), whole, parts);
  };
  return { most, drawing: svg("svg", { class: "bars", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" },
    totals.map((_, at) => column(at))) };
};

const legend = (series, kind) =>
  el("ul", { class: "legend" }, series.map(({ name, counts }) =>
    el("li", {}, el("i", { "data-series": name, "aria-hidden": "true" }), named(kind, name), " ", el("b", {}, number(sum(counts))))));

const table = ({ from, width, stretches }, series, kind, title) =>
  el("details", { class: "behind" }, el("summary", {}, t("chart.table")),
    el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": title },
      el("table", {}, el("caption", { class: "unseen" }, title),
        el("thead", {}, el("tr", {}, el("th", { scope: "col" }, t("column.time")), series.map(({ name }) => el("th", { scope: "col" }, named(kind, name))))),
        el("tbody", {}, Array.from({ length: stretches }, (_, at) => at)
          .filter((at) => series.some(({ counts }) => counts[at] > 0))
          .map((at) => el("tr", {}, el("th", { scope: "row" }, label(from + at * width, width)), series.map(({ counts }) => el("td", {}, number(counts[at])))))))));

const axis = ({ from, width, stretches }) => {
  const end = from + stretches * width;
  return el("p", { class: "axis", "aria-hidden": "true" }, el("span", {}, day(from)), el("span", {}, day(end - 1)));
};

const ordered = (counts, order) =>
  Object.entries(counts)
    .map(([name, all]) => ({ name, counts: all }))
    .filter((one) => sum(one.counts) > 0)
    .sort((one, other) => order(one) - order(other));

export const chart = (title, told, counts, kind, page, filters, order) => {
  const series = ordered(counts, order);
  if (series.length === 0) return el("p", { class: "quiet" }, t("chart.none"));
  const { drawing, most } = bars(told, series, page, filters);
  return el("figure", { class: "chart" },
    el("figcaption", {}, el("span", { class: "most" }, t("chart.most", { count: most })), legend(series, kind)),
    drawing, axis(told), table(told, series, kind, title));
};

export const byAction = ({ name }) => ACTIONS.indexOf(name);

// The small one above the list.
export const timeline = (told, page, filters) => {
  if (told.stretches === 0) return [];
  const title = t("chart.actions");
  return [el("h2", { class: "unseen" }, title), chart(title, told, told.actions, "action", page, filters, byAction)];
};
