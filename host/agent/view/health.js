// Whether somebody looked: when each browser's extension was connected, what could not be read, what no hook held.

import { ask } from "./api.js";
import { el, svg } from "./make.js";
import { write } from "./route.js";
import { moment, span, t, weekday, word } from "./words.js";

const DAY = 86_400_000;

const brokenOff = (browser) => browser.connected.filter((one) => !one.ended && !one.open).length;

const sentence = ({ browser, connected }, now) => {
  const last = connected.at(-1);
  const name = word("browser", browser);
  return last.open ? t("health.now", { browser: name }) : t("health.last", { browser: name, ago: span(now - last.to) });
};

// One line for the list: calm when all is well.
export const strip = async (signal) => {
  const told = await ask("health", {}, signal);
  const broken = told.browsers.reduce((all, browser) => all + brokenOff(browser), 0);
  const left = told.uncovered.rows.filter((row) => row.left).length;
  const marks = [
    ...told.browsers.map((browser) => [browser.connected.at(-1).open ? "good" : "calm", sentence(browser, told.now)]),
    told.browsers.length === 0 && ["care", t("health.nobody")],
    broken > 0 && ["care", t("health.broken", { count: broken })],
    told.drift.count > 0 && ["care", t("health.drift", { count: told.drift.count })],
    told.uncovered.count > 0 && [left > 0 ? "stop" : "care", t("health.uncovered", { count: told.uncovered.count })],
    told.late.count > 0 && ["care", t("health.late", { count: told.late.count })],
  ].filter(Boolean);
  return [
    el("ul", { "aria-label": t("health.title") }, marks.map(([tone, text]) => el("li", { "data-tone": tone }, text))),
    el("a", { href: write("health") }, t("health.more")),
  ];
};

const place = (at, { since, now }) => ((Math.min(Math.max(at, since), now) - since) / (now - since)) * 1000;

const lane = (browser, told) =>
  svg("svg", { class: "lane", viewBox: "0 0 1000 20", preserveAspectRatio: "none", "aria-hidden": "true" },
    svg("rect", { class: "ground", x: 0, y: 0, width: 1000, height: 20 }),
    browser.connected.map((one) => svg("rect", { x: place(one.from, told), y: 0, width: Math.max(place(one.to, told) - place(one.from, told), 1.5), height: 20, class: one.ended || one.open ? "there" : "there broken" },
      svg("title", {}, `${moment(one.from)} – ${moment(one.to)}`))));

const ticks = (rows, told) =>
  svg("svg", { class: "lane", viewBox: "0 0 1000 20", preserveAspectRatio: "none", "aria-hidden": "true" },
    svg("rect", { class: "ground", x: 0, y: 0, width: 1000, height: 20 }),
    rows.map((row) => svg("rect", { class: "tick", "data-left": row.left === true, x: place(row.at, told), y: 0, width: 2, height: 20 })));

const days = (told) => {
  const all = [];
  for (let at = told.since; at <= told.now; at += DAY) all.push(el("span", {}, weekday(at)));
  return el("p", { class: "axis", "aria-hidden": "true" }, all);
};

const stretches = (browser) =>
  el("details", { class: "behind" }, el("summary", {}, t("chart.table")),
    el("table", {}, el("thead", {}, el("tr", {}, ["from", "to", "long", "end"].map((name) => el("th", { scope: "col" }, t(`health.${name}`))))),
      el("tbody", {}, browser.connected.map((one) => el("tr", {}, el("td", {}, moment(one.from)), el("td", {}, one.open ? t("health.goes-on") : moment(one.to)),
        el("td", {}, span(one.to - one.from)), el("td", {}, t(one.open ? "health.open" : one.ended ? "health.in-order" : "health.broke")))))));

// What the last column holds, where it is no path.
const AFTER = { audit: "by", trouble: "name" };

const rows = (kind, told) =>
  told.rows.length === 0
    ? el("p", { class: "quiet" }, t(`health.${kind}.none`))
    : el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": t(`health.${kind}.title`) },
        el("table", { class: "rows" }, el("thead", {}, el("tr", {}, ["time", "app", "what", AFTER[kind] ?? "path"].map((name) => el("th", { scope: "col" }, t(`column.${name}`))))),
          el("tbody", {}, told.rows.map((row) => el("tr", {}, el("td", {}, moment(row.at)), el("td", {}, word("app", row.app ?? "–")),
            el("td", {}, row.event ? el("a", { href: write("event", [row.event]) }, word("what", row.what)) : word("what", row.what ?? "–"), " ",
              row.left !== null && el("span", { class: "quiet" }, t(row.left ? "state.left" : "state.stopped"))),
            el("td", {}, row.path ? el("code", {}, row.path) : "–"))))));

const section = (name, title, ...parts) => el("section", { class: "sheet", "aria-labelledby": name }, el("h2", { id: name }, title), parts);

export const health = async ({ signal }) => {
  const told = await ask("health", {}, signal);
  const kinds = ["drift", "uncovered", "late", "trouble", "audit"].map((kind) =>
    section(kind, t(`health.${kind}.title`), told[kind].count > 0 && el("p", { class: "state" }, t(`health.${kind}.what`)),
      told[kind].count > 0 && [ticks(told[kind].rows, told), days(told)], rows(kind, told[kind])));
  const browsers = told.browsers.map((browser) =>
    el("div", { class: "browser" }, el("h3", {}, sentence(browser, told.now), brokenOff(browser) > 0 && el("span", { "data-tone": "care" }, ` · ${t("health.broken", { count: brokenOff(browser) })}`)),
      lane(browser, told), stretches(browser)));
  return {
    title: t("tab.health"),
    parts: [
      el("h1", { class: "unseen" }, t("tab.health")),
      section("browsers", t("health.title"), el("p", { class: "state" }, t("health.what")),
        browsers.length > 0 ? [browsers, days(told)] : el("p", { class: "quiet" }, t("health.nobody.next"))),
      kinds,
    ],
  };
};

