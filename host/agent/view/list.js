// The list of interactions: filters, the days at a glance, a table that is read with the keyboard as with the mouse.

import { ask } from "./api.js";
import { timeline } from "./chart.js";
import { filterForm, goOn } from "./filters.js";
import { strip } from "./health.js";
import { el, say } from "./make.js";
import { pill, states, topics } from "./pills.js";
import { write } from "./route.js";
import { clock, day, moment, t, word } from "./words.js";

const LIMIT = 100;
const HEAD = ["time", "person", "app", "operation", "action", "state", "topics"];

const cell = (name, ...children) => el("td", { role: "cell", "data-cell": name }, children);

const row = (told) => {
  const at = new Date(told.at);
  const link = { href: write("event", [told.event]), "data-row": told.seq, "data-event": told.event };
  const time = el("time", { datetime: at.toISOString(), title: moment(at) }, el("span", {}, `${day(at)} `), clock(at));
  return el("tr", { role: "row" },
    cell("time", told.event ? el("a", link, time) : time),
    cell("person", told.person ?? "–"),
    cell("app", told.app ? word("app", told.app) : "–"),
    cell("operation", told.operation ? word("operation", told.operation) : word("kind", told.kind)),
    cell("action", pill(told)),
    cell("state", states(told)),
    cell("topics", topics(told.topics)));
};

const follow = (event) => {
  // The whole row leads on; the link in it is for the keyboard and for new tabs.
  const link = event.target.closest("tr")?.querySelector("a[data-row]");
  if (link && !event.target.closest("a") && getSelection().isCollapsed) link.click();
};

const table = (rows) =>
  el("table", { class: "list", role: "table", "aria-label": t("tab.list"), onclick: follow },
    el("thead", { role: "rowgroup" }, el("tr", { role: "row" },
      HEAD.map((name) => el("th", { role: "columnheader", scope: "col", "data-cell": name }, t(`column.${name}`))))),
    el("tbody", { role: "rowgroup" }, rows.map(row)));

const empty = (filters) =>
  el("section", { class: "empty" },
    el("h2", {}, t(Object.keys(filters).length > 0 ? "list.none" : "list.nothing")),
    el("p", {}, t(Object.keys(filters).length > 0 ? "list.none.next" : "list.nothing.next")));

// The next page, below the ones that are read.
const more = (filters, after, signal) => {
  const button = el("button", { class: "second more", type: "button", onclick: async () => {
    button.disabled = true;
    const page = await ask("list", { ...filters, limit: LIMIT, after }, signal).catch(() => null);
    button.disabled = false;
    if (page === null) return say(t("gone.title"));
    const body = document.querySelector("table.list tbody");
    body.append(...page.rows.map(row));
    button.replaceWith(...(page.next ? [more(filters, page.next, signal)] : []));
    say(t("list.more.said", { count: page.rows.length }));
    return body.rows[body.rows.length - page.rows.length]?.querySelector("a")?.focus();
  } }, t("list.more"));
  return button;
};

export const list = async ({ filters, signal }) => {
  const offset = -new Date().getTimezoneOffset();
  const [form, page] = await Promise.all([filterForm("", filters), ask("list", { ...filters, limit: LIMIT }, signal)]);
  // What is looked for comes first; what is around it may take longer.
  const count = ask("count", filters, signal).catch(() => null);
  const figures = ask("figures", { ...filters, offset }, signal).catch(() => null);
  const counted = el("p", { class: "counted" }, t("list.counting"));
  const days = el("div", { class: "days" });
  const health = el("div", { class: "strip" });
  count.then((told) => {
    if (told) counted.textContent = t("list.count", { count: told.count });
  });
  figures.then((told) => told && days.replaceChildren(...timeline(told, "", filters)));
  strip(signal).then((parts) => health.replaceChildren(...parts)).catch(() => null);
  return {
    title: t("tab.list"),
    said: page.next ? t("list.said.more", { count: page.rows.length }) : t("list.said", { count: page.rows.length }),
    parts: [
      el("h1", { class: "unseen" }, t("tab.list")),
      health,
      form,
      days,
      counted,
      page.rows.length > 0 ? table(page.rows) : empty(filters),
      page.next && more(filters, page.next, signal),
      page.rows.length > 0 && el("p", { class: "hint keys" }, t("list.keys")),
    ],
    after: goOn,
  };
};

