// One interaction: what was decided and why, then every row of it in order.

import { ask } from "./api.js";
import { ICONS, el, icon } from "./make.js";
import { pill, states, topics } from "./pills.js";
import { write } from "./route.js";
import { about, sentence, tone } from "./rows.js";
import { text } from "./texts.js";
import { clock, moment, number, span, t, word } from "./words.js";

const field = ([name, value]) => el("div", {}, el("dt", {}, t(`about.${name}`)), el("dd", {}, el("bdi", {}, typeof value === "number" ? number(value) : value)));

const step = (row, first, signal) => {
  const later = row.at - first.at;
  return el("li", { "data-tone": tone(row), "data-kind": row.kind },
    el("time", { datetime: new Date(row.at).toISOString(), title: moment(row.at) }, later > 0 ? `+${span(later)}` : clock(row.at)),
    el("div", {}, el("p", {}, sentence(row)), text(row, signal)));
};

const value = (given) => (typeof given === "object" ? JSON.stringify(given) : String(given));

// Everything, for who does not trust sentences.
const fields = (rows) =>
  el("details", { class: "all" }, el("summary", {}, t("event.fields")),
    rows.map((row) => el("table", {}, el("caption", {}, t("event.row", { seq: row.seq }), ` · ${word("kind", row.kind)}`),
      el("tbody", {}, Object.entries(row).map(([name, given]) => el("tr", {}, el("th", { scope: "row" }, name), el("td", {}, value(given))))))));

export const back = (listed) => el("a", { class: "back", href: listed, "data-back": true }, icon(ICONS.back), t("back"));

export const event = async ({ rest, signal, listed }) => {
  const told = await ask(`event/${encodeURIComponent(rest[0] ?? "")}`, {}, signal);
  const [first] = told.rows;
  const judged = told.rows.find((row) => row.kind === "judged");
  const talk = told.rows.find((row) => row.conversation);
  const main = judged ?? first;
  const title = t("event.title", {
    what: word("operation", main.operation ?? "unread"),
    person: main.person ?? "–",
    app: word("app", main.app ?? "–"),
  });
  return {
    title,
    parts: [
      el("p", { class: "ways" }, back(listed),
        talk && el("a", { href: write("conversation", [talk.app, talk.conversation]) }, t("event.conversation"))),
      el("header", { class: "head" }, el("h1", {}, title), el("p", { class: "state" }, moment(first.at))),
      judged && el("section", { class: "sheet", "aria-labelledby": "decision" },
        el("h2", { id: "decision" }, t("event.decision")),
        el("p", { class: "verdict" }, pill(judged), el("span", {}, states({ ...judged, state: told.state })), topics(judged.topics)),
        el("dl", {}, about(judged).map(field))),
      el("section", { "aria-labelledby": "happened" },
        el("h2", { id: "happened" }, t("event.happened")),
        el("ol", { class: "steps" }, told.rows.map((row) => step(row, first, signal)))),
      fields(told.rows),
    ],
  };
};
