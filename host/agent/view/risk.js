// A person's risk over time: the level as it moved, and for each move what it rests on.
// The line is the level, which is on record whenever it moves; points fade between, which no line here pretends to know.

import { ask } from "./api.js";
import { el, svg } from "./make.js";
import { write } from "./route.js";
import { day, moment, number, t, word } from "./words.js";

const LEVELS = ["none", "low", "medium", "high"];
const WIDTH = 1000;
const HEIGHT = 100;
const STEP = HEIGHT / LEVELS.length;

const height = (level) => HEIGHT - (LEVELS.indexOf(level) + 0.5) * STEP;

const sentence = (change) =>
  `${moment(change.at)}: ${word("level", change.from)} → ${word("level", change.to)}, ${word("risk.cause", change.cause)}`;

// Oldest first; before the first move it was where that one came from.
const drawing = ({ changes, level }, now) => {
  const from = changes[0].at;
  const span = Math.max(now - from, 1) * 1.05;
  const x = (at) => ((at - from + span * 0.03) / span) * WIDTH;
  const path = changes.reduce(
    (line, change) => `${line} H ${x(change.at)} V ${height(change.to)}`,
    `M 0 ${height(changes[0].from)}`,
  );
  return svg("svg", { class: "bars risk", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" },
    LEVELS.map((name) => svg("line", { class: "rule", x1: 0, x2: WIDTH, y1: height(name), y2: height(name) })),
    svg("path", { class: "line", d: `${path} H ${x(now)} V ${height(level)}` }),
    changes.map((change) => svg("rect", { class: "move", "data-level": change.to, x: x(change.at) - 3, width: 6, y: height(change.to) - 8, height: 16 },
      svg("title", {}, sentence(change)))));
};

const scale = () => el("ul", { class: "scale", "aria-hidden": "true" }, LEVELS.toReversed().map((name) => el("li", {}, word("level", name))));

const reasons = (change) =>
  change.reasons.length === 0
    ? "–"
    : el("ul", { class: "plain" }, change.reasons.map((reason) => el("li", {}, t("risk.reason", { words: reason.words, count: reason.count }))));

// Rows of the record by their links, then tokens of other transmitters by issuer and id.
const evidence = (change) => {
  const rows = change.events.map((id) => el("li", {}, el("a", { href: write("event", [id]) }, el("code", {}, id.slice(-12)))));
  const tokens = change.reasons.flatMap((reason) => reason.signals ?? []);
  const told = tokens.map(({ issuer, jti }) => el("li", {}, el("code", {}, `${issuer} ${jti}`)));
  return rows.length + told.length === 0 ? "–" : el("ul", { class: "plain" }, rows, told);
};

const table = (person, changes) => {
  const title = t("risk.moves", { person });
  const columns = ["column.time", "risk.level", "risk.score", "risk.cause", "risk.reasons", "risk.events", "column.by"];
  return el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": title },
    el("table", { class: "rows" }, el("caption", { class: "unseen" }, title),
      el("thead", {}, el("tr", {}, columns.map((name) => el("th", { scope: "col" }, t(name))))),
      el("tbody", {}, changes.toReversed().map((change) => el("tr", {},
        el("th", { scope: "row" }, moment(change.at)),
        el("td", { "data-level": change.to }, `${word("level", change.from)} → ${word("level", change.to)}`),
        el("td", {}, number(change.score)),
        el("td", {}, word("risk.cause", change.cause)),
        el("td", {}, reasons(change)),
        el("td", {}, evidence(change)),
        el("td", {}, change.by ? [change.by, change.note && ": ", change.note] : "–"))))));
};

const section = (told, now, at) =>
  el("section", { class: "sheet", "aria-labelledby": `person-${at}` },
    el("h2", { id: `person-${at}` }, told.person),
    el("p", { class: "state" }, t("risk.now", { level: word("level", told.level), score: number(told.score) })),
    told.changes.length === 0
      ? el("p", { class: "quiet" }, t("risk.still"))
      : [
          el("figure", { class: "chart with-scale" }, scale(), drawing(told, now),
            el("p", { class: "axis", "aria-hidden": "true" }, el("span", {}, day(told.changes[0].at)), el("span", {}, day(now)))),
          table(told.person, told.changes),
        ]);

export const risk = async ({ filters, signal }) => {
  const told = await ask("risk", { user: filters.user }, signal);
  const title = t("risk.title");
  const persons = told.persons.map((one, at) => section(one, told.now, at));
  return {
    title,
    parts: [
      el("h1", {}, title),
      el("p", { class: "state" }, t("risk.what")),
      persons.length === 0 ? el("p", { class: "quiet" }, t("risk.none")) : persons,
    ],
  };
};
