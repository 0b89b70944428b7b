// A conversation, rebuilt from first prompt to last answer.

import { ask } from "./api.js";
import { back } from "./event.js";
import { el, say } from "./make.js";
import { pill, states, topics } from "./pills.js";
import { write } from "./route.js";
import { text } from "./texts.js";
import { bytes, clock, day, moment, t, word } from "./words.js";

const kept = (row, signal) => text(row, signal) ?? el("p", { class: "closed" }, t("text.none", { size: bytes(row.text_bytes ?? 0) }));

const bubble = (who, row, signal, ...more) =>
  el("div", { class: `bubble ${who}` },
    el("p", { class: "who" }, who === "person" ? (row.person ?? t("talk.person")) : (row.model ?? word("app", row.app)), " ",
      el("time", { datetime: new Date(row.at).toISOString(), title: moment(row.at) }, clock(row.at))),
    kept(row, signal), more);

const turn = (told, signal) => {
  const judged = told.rows.find((row) => row.kind === "judged");
  const reason = told.rows.find((row) => row.kind === "answered" && row.sealed?.length);
  const answers = told.rows.filter((row) => row.kind === "response");
  const first = judged ?? told.rows[0];
  const marks = judged && el("p", { class: "marks" },
    judged.action !== "allow" && pill(judged), topics(judged.topics),
    el("a", { href: write("event", [told.event]) }, states({ ...judged, state: told.state })));
  return el("li", {},
    judged && bubble("person", judged, signal, marks, reason && el("div", { class: "reason" }, el("b", {}, t("talk.reason")), text(reason, signal))),
    answers.map((row) => bubble("assistant", row, signal)),
    judged && answers.length === 0 && el("p", { class: "quiet" }, t(told.state.startsWith("released") ? "talk.silent" : "talk.unsent")),
    !judged && answers.length === 0 && el("p", { class: "quiet" }, word("kind", first.kind)));
};

// Turns that are drawn at once: each may have texts to open.
const MANY = 50;

const turns = (all, from, signal) => all.slice(from, from + MANY).map((one) => turn(one, signal));

// The next turns, below the ones that are read.
const more = (all, from, signal) => from < all.length && el("button", { class: "second more", type: "button", onclick: ({ currentTarget }) => {
  const next = turns(all, from, signal);
  document.querySelector("ol.talk").append(...next);
  const further = more(all, from + MANY, signal);
  currentTarget.replaceWith(...(further ? [further] : []));
  say(t("list.more.said", { count: next.length }));
  next[0].querySelector("a")?.focus();
} }, t("list.more"));

export const conversation = async ({ rest, signal, listed }) => {
  const [app, id] = rest;
  const { turns: all } = await ask("conversation", { app, id }, signal);
  const first = all[0].rows[0];
  const title = t("talk.title", { app: word("app", app), person: first.person ?? "–" });
  return {
    title,
    said: t("talk.said", { count: all.length }),
    parts: [
      el("p", { class: "ways" }, back(listed), el("a", { href: write("", [], { conversation: id, app }) }, t("talk.list"))),
      el("header", { class: "head" }, el("h1", {}, title),
        el("p", { class: "state" }, `${day(first.at)} · `, t("talk.turns", { count: all.length }), " · ", el("code", {}, id))),
      el("ol", { class: "talk" }, turns(all, 0, signal)),
      more(all, MANY, signal),
    ],
  };
};
