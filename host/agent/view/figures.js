// Figures: actions and topics over time, and what became of each policy's cards.

import { ask } from "./api.js";
import { byAction, chart } from "./chart.js";
import { filterForm, goOn } from "./filters.js";
import { el } from "./make.js";
import { number, t } from "./words.js";

const COLUMNS = ["matched", "shown", "overridden", "redacted", "edited", "unanswered", "refused", "mistakes"];

const share = (part, whole) => (whole > 0 && part > 0 ? ` (${number(Math.round((part / whole) * 100))} %)` : "");

const figure = (policy, column) => {
  const value = policy[column];
  const of = column === "overridden" ? share(value, policy.shown) : "";
  return [number(value), of && el("span", { class: "quiet" }, of)];
};

const policies = (all) =>
  all.length === 0
    ? el("p", { class: "quiet" }, t("figures.no-policy"))
    : el("div", { class: "scroll", tabindex: "0", role: "region", "aria-labelledby": "policies" },
        el("table", { class: "numbers" },
          el("thead", {}, el("tr", {}, el("th", { scope: "col" }, t("column.policy")),
            COLUMNS.map((column) => el("th", { scope: "col" }, t(`column.${column}`))))),
          el("tbody", {}, all.map((policy) => el("tr", {}, el("th", { scope: "row" }, policy.id),
            COLUMNS.map((column) => el("td", {}, figure(policy, column))))))));

const section = (name, ...parts) =>
  el("section", { class: "sheet", "aria-labelledby": name }, el("h2", { id: name }, t(`figures.${name}`)), parts);

export const figures = async ({ filters, signal }) => {
  const offset = -new Date().getTimezoneOffset();
  const [form, told] = await Promise.all([filterForm("figures", filters), ask("figures", { ...filters, offset }, signal)]);
  const byName = Object.keys(told.topics).sort();
  const byTopic = ({ name }) => byName.indexOf(name);
  const matched = [...told.policies].sort((one, other) => other.matched - one.matched);
  return {
    title: t("tab.figures"),
    parts: [
      el("h1", { class: "unseen" }, t("tab.figures")),
      form,
      section("actions", chart(t("chart.actions"), told, told.actions, "action", "figures", filters, byAction)),
      section("topics", chart(t("chart.topics"), told, told.topics, "topic", "figures", filters, byTopic)),
      section("policies", policies(matched), el("p", { class: "hint" }, t("figures.note"))),
    ],
    after: goOn,
  };
};
