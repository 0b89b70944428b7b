// The filters, as a form; every one that `promptgate log list` has.

import { ask } from "./api.js";
import { el } from "./make.js";
import { FILTERS, go, read, write } from "./route.js";
import { t, word } from "./words.js";

const ACTIONS = ["allow", "coach", "warn", "justify", "redact", "block"];
const AGES = ["1h", "24h", "7d", "30d"];
const MORE = ["until", "conversation", "captured", "matched"];

// Where there is no room, the form opens when it is asked for.
const ROOM = matchMedia("(min-width: 44rem)");

let known = null;
let refocus = null;

const field = (name, control) => el("label", { class: "field", "data-filter": name }, el("span", {}, t(`filter.${name}`)), control);

const choice = (name, value, options) =>
  el("select", { name },
    el("option", { value: "" }, t("any")),
    options.map(([option, text]) => el("option", { value: option, selected: option === value }, text)),
    value && !options.some(([option]) => option === value) && el("option", { value, selected: true }, value));

const typed = (name, value, words = []) => [
  el("input", { name, value, list: words.length > 0 ? `words-${name}` : null, autocomplete: "off", spellcheck: "false",
    placeholder: t(`filter.${name}.example`), "data-first-filter": name === "user" }),
  words.length > 0 && el("datalist", { id: `words-${name}` }, words.map((one) => el("option", { value: one }))),
];

const flags = (name) => ["true", "false"].map((value) => [value, t(`filter.${name}.${value}`)]);

const controls = (filters) => ({
  user: () => typed("user", filters.user ?? "", known.users),
  app: () => choice("app", filters.app, known.apps.map((app) => [app, word("app", app)])),
  action: () => choice("action", filters.action, ACTIONS.map((action) => [action, word("action", action)])),
  topic: () => choice("topic", filters.topic, known.topics.map((topic) => [topic, word("topic", topic)])),
  operation: () => choice("operation", filters.operation, known.operations.map((one) => [one, word("operation", one)])),
  since: () => choice("since", filters.since, AGES.map((age) => [age, t(`age.${age}`)])),
  until: () => typed("until", filters.until ?? ""),
  conversation: () => typed("conversation", filters.conversation ?? ""),
  captured: () => choice("captured", filters.captured, flags("captured")),
  matched: () => choice("matched", filters.matched, flags("matched")),
});

const shown = (name, value) => {
  const words = { app: "app", action: "action", topic: "topic", operation: "operation" };
  if (words[name]) return word(words[name], value);
  if (name === "captured" || name === "matched") return t(`filter.${name}.${value}`);
  return name === "since" && AGES.includes(value) ? t(`age.${value}`) : value;
};

// One press takes a filter away.
const chips = (page, filters) => {
  const given = FILTERS.filter((name) => filters[name]);
  const without = (name) => Object.fromEntries(Object.entries(filters).filter(([other]) => other !== name));
  return given.length > 0 && el("ul", { class: "chips", "aria-label": t("filter.given") },
    given.map((name) => {
      const text = `${t(`filter.${name}`)}: ${shown(name, filters[name])}`;
      return el("li", {}, el("a", { href: write(page, [], without(name)), "aria-label": t("filter.remove", { what: text }) },
        text, el("span", { "aria-hidden": "true" }, "×")));
    }),
    el("li", {}, el("a", { class: "all", href: write(page) }, t("filter.clear"))));
};

export const filterForm = async (page, filters) => {
  known ??= await ask("words");
  const make = controls(filters);
  const apply = (event) => {
    event.preventDefault();
    const form = event.currentTarget;
    const next = {};
    for (const name of FILTERS) {
      const value = form.elements.namedItem(name).value.trim();
      if (value !== "") next[name] = value;
    }
    if (JSON.stringify(next) === JSON.stringify(read().filters)) return;
    const focused = document.activeElement?.name;
    refocus = focused ?? null;
    go(page, [], next);
  };
  const drawn = (name) => field(name, make[name]());
  const more = MORE.some((name) => filters[name]);
  return [
    el("details", { class: "filtering", open: ROOM.matches || refocus !== null }, el("summary", {}, t("filter.title")),
    el("form", { class: "filters", role: "search", "aria-label": t("filter.title"), onchange: apply, onsubmit: apply },
      FILTERS.filter((name) => !MORE.includes(name)).map(drawn),
      el("details", { open: more }, el("summary", {}, t("filter.more")), el("div", { class: "more" }, MORE.map(drawn))),
      el("button", { class: "unseen", type: "submit" }, t("filter.apply")))),
    chips(page, filters),
  ];
};

// Who changed a filter goes on from there.
export const goOn = (main) => {
  if (refocus) main.querySelector(`form.filters [name="${refocus}"]`)?.focus();
  refocus = null;
};
