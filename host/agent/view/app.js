// The record's viewer: where one is decides what is drawn.
// INVARIANT: a page that was left draws nothing any more; what a key opened is forgotten with it.

import { begin as enter } from "./api.js";
import { conversation } from "./conversation.js";
import { event } from "./event.js";
import { figures } from "./figures.js";
import { health } from "./health.js";
import { keyboard } from "./keyboard.js";
import { list } from "./list.js";
import { begin as lock, button, forget } from "./lock.js";
import { el, say, show } from "./make.js";
import { risk } from "./risk.js";
import { read, write } from "./route.js";
import { begin as speak, t } from "./words.js";

const PAGES = { "": list, event, conversation, figures, health, risk };
const TABS = ["", "figures", "risk", "health"];

let left = new AbortController();
let listed = write("");
let drawnPage = null;
let opened = null;

const bar = (page, filters) => {
  const tab = (name) => {
    const keeps = name === "health" ? {} : filters;
    const current = name === page ? "page" : null;
    return el("a", { href: write(name, [], keeps), "aria-current": current }, t(`tab.${name || "list"}`));
  };
  const skip = () => document.getElementById("main").focus();
  return [
    el("button", { class: "skip", type: "button", onclick: skip }, t("skip")),
    el("strong", {}, "Promptgate"),
    el("nav", { "aria-label": t("nav") }, TABS.map(tab)),
    button(),
  ];
};

// What to do when there is nothing to draw.
const stuck = (fault) => {
  const kind = ["gone", "shut", "missing", "refused"].includes(fault.kind) ? fault.kind : "broken";
  if (kind === "broken") console.error(fault);
  return el("section", { class: "empty", role: "alert" },
    el("h1", {}, t(`${kind}.title`)),
    el("p", {}, kind === "refused" ? fault.message : t(`${kind}.next`)),
    kind === "missing" && el("p", {}, el("a", { href: write("") }, t("tab.list"))));
};

// Who goes on to another page begins at its top; who comes back to the list, where they left it.
const focus = (main, page, rest) => {
  const goesOn = drawnPage !== null && drawnPage !== page;
  drawnPage = page;
  const row = page === "" && goesOn && opened && main.querySelector(`a[data-event="${CSS.escape(opened)}"]`);
  if (row) row.focus();
  else if (goesOn) main.focus({ preventScroll: true });
  opened = page === "event" ? rest[0] : opened;
};

const draw = async () => {
  left.abort();
  left = new AbortController();
  const { signal } = left;
  const { page, rest, filters } = read();
  const main = document.getElementById("main");
  show(document.getElementById("bar"), bar(page, filters));
  if (page === "") listed = write("", [], filters);
  const wait = setTimeout(() => signal.aborted || main.setAttribute("aria-busy", "true"), 150);
  try {
    const drawn = await (PAGES[page] ?? list)({ rest, filters, signal, listed });
    if (signal.aborted) return;
    document.title = `${drawn.title} · Promptgate`;
    show(main, drawn.parts);
    main.dataset.page = page || "list";
    drawn.after?.(main);
    focus(main, page, rest);
    say(drawn.said ?? drawn.title);
  } catch (fault) {
    if (!signal.aborted) show(main, stuck(fault));
  } finally {
    clearTimeout(wait);
    if (!signal.aborted) main.removeAttribute("aria-busy");
  }
};

await speak();
if (await enter()) {
  lock(draw);
  keyboard();
  addEventListener("hashchange", () => {
    scrollTo(0, 0);
    draw();
  });
  addEventListener("pagehide", forget);
  await draw();
} else {
  show(document.getElementById("main"), stuck({ kind: "shut" }));
}
