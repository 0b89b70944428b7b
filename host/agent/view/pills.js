// Small marks: what was decided, what came of it, what it was about. A colour never says anything that the word does not.

import { el } from "./make.js";
import { t, word } from "./words.js";

// The decision of a row; rows without one say what they are.
export const pill = (told) => {
  if (told.kind === "late") return el("span", { class: "pill", "data-action": told.released ? "warn" : "block" }, word("kind", "late"));
  if (told.kind === "uncovered") {
    return el("span", { class: "pill", "data-action": told.stopped ? "block" : "warn" }, word("kind", "uncovered"));
  }
  const action = told.would ?? told.action;
  if (!action) return el("span", { class: "pill" }, "–");
  return el("span", { class: "pill", "data-action": action },
    told.would ? t("would", { action: word("action", action) }) : word("action", action));
};

// Where an interaction stands.
export const states = (told) => {
  if (told.kind === "uncovered") return t(told.stopped ? "state.stopped" : "state.left");
  if (told.kind === "late") return t(told.released ? "state.released" : "state.refused");
  return word("state", told.state ?? "new");
};

export const topics = (all) =>
  all?.length > 0
    ? el("span", { class: "topics" }, all.map((one) =>
        el("span", { class: "topic" }, word("topic", one.topic), " ", el("i", { "data-level": one.level }, word("level", one.level)))))
    : "";
