// The private key of this tab: taken in by the person, kept in the opener's own memory, gone on "lock" and on leaving.
// The input is no password's: a browser would offer to keep it.
// INVARIANT: neither the key nor a text that it opened is given to any function that reaches outside the tab.

import { ICONS, el, icon, say, show } from "./make.js";
import { t, word } from "./words.js";

// Longest file that is read as a key.
const LONGEST = 16 * 1024;

let module = null;
let opener = null;
let changed = () => undefined;

export const begin = (draw) => {
  changed = draw;
  // A file that misses its place must not replace the page.
  for (const what of ["dragover", "drop"]) addEventListener(what, (event) => event.preventDefault());
};

// The short name of the key at hand, or null.
export const keyId = () => opener?.id() ?? null;

// The text of an event, opened; throws with why not.
export const openText = (blob, event) => JSON.parse(opener.open(blob, event));

export const forget = () => {
  opener?.free();
  opener = null;
  document.querySelectorAll("[data-opened]").forEach((text) => text.replaceChildren());
};

const load = async () => {
  if (module) return module;
  const loaded = await import("/opener.js");
  await loaded.default({ module_or_path: "/opener_bg.wasm" });
  module = loaded;
  return module;
};

const take = ({ Opener }, text, passphrase) => {
  let next;
  try {
    next = new Opener(text, passphrase);
  } catch (why) {
    throw new Error(word("key.fault", why.message));
  }
  forget();
  opener = next;
};

const close = () => document.getElementById("key").close();

// A file that is protected waits here for its passphrase, no longer than the dialog is open.
let waiting = null;

const unlock = async (text, passphrase) => {
  const fault = document.getElementById("key-fault");
  const secret = document.getElementById("key-passphrase");
  fault.textContent = "";
  try {
    if (text.trim() === "") throw new Error(t("key.empty"));
    const loaded = await load().catch(() => {
      throw new Error(t("key.absent"));
    });
    if (loaded.isProtected(text) && passphrase === "") {
      waiting = text;
      secret.closest("label").hidden = false;
      secret.focus();
      return;
    }
    fault.textContent = loaded.isProtected(text) ? t("key.working") : "";
    // Drawn before the machine is busy with the passphrase.
    await new Promise((drawn) => setTimeout(drawn, 30));
    take(loaded, text, passphrase);
  } catch (why) {
    fault.textContent = why.message;
    return;
  }
  close();
  await changed();
  say(t("key.said", { key: keyId() }));
};

const readFile = async (file) => {
  if (!file) return;
  if (file.size > LONGEST) document.getElementById("key-fault").textContent = t("key.large");
  else await unlock(await file.text(), "");
};

const dialog = () => {
  const masked = (id) =>
    el("input", { type: "text", class: "masked", id, autocomplete: "off", spellcheck: "false", "aria-describedby": "key-fault" });
  const secret = masked("key-passphrase");
  // More lines than one: a protected key has some. Enter hands it in all the same.
  const enter = (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    event.currentTarget.form.requestSubmit();
  };
  const typed = el("textarea", { class: "masked", id: "key-text", rows: 1, autocomplete: "off", spellcheck: "false",
    "aria-describedby": "key-fault", onkeydown: enter });
  const chosen = el("input", { type: "file", class: "unseen", id: "key-file", onchange: () => readFile(chosen.files[0]) });
  const over = (event) => {
    event.preventDefault();
    event.currentTarget.toggleAttribute("data-over", event.type === "dragover");
  };
  const drop = (event) => {
    over(event);
    readFile(event.dataTransfer.files[0]);
  };
  const submit = (event) => {
    event.preventDefault();
    const [text, passphrase] = [typed.value || (waiting ?? ""), secret.value];
    for (const input of [typed, secret]) input.value = "";
    unlock(text, passphrase);
  };
  return el("form", { onsubmit: submit, method: "dialog" },
    el("h1", { id: "key-title" }, t("key.title")),
    el("p", { class: "state" }, t("key.promise")),
    el("label", { class: "drop", for: "key-file", ondragover: over, ondragleave: over, ondrop: drop }, chosen,
      el("b", {}, t("key.drop")), el("span", {}, t("key.choose"))),
    el("label", { class: "field" }, el("span", {}, t("key.paste")), typed),
    el("label", { class: "field", hidden: true }, el("span", {}, t("key.passphrase")), secret),
    el("p", { class: "fault", role: "alert", id: "key-fault" }),
    el("div", { class: "actions" },
      el("button", { class: "first", type: "submit" }, t("key.unlock")),
      el("button", { class: "quiet", type: "button", onclick: close }, t("key.cancel"))));
};

export const askForKey = () => {
  const where = document.getElementById("key");
  show(where, dialog());
  const closed = () => {
    waiting = null;
    where.replaceChildren();
  };
  where.addEventListener("close", closed, { once: true });
  where.showModal();
  where.querySelector("#key-text").focus();
};

const shut = async () => {
  forget();
  await changed();
  say(t("key.locked"));
};

// Unlocks, or locks again.
export const button = () =>
  opener
    ? el("button", { class: "second lock", type: "button", "data-press": "lock", onclick: shut, title: t("key.open", { key: keyId() }) },
        icon(ICONS.open), t("key.lock"))
    : el("button", { class: "second lock", type: "button", "data-press": "unlock", onclick: askForKey },
        icon(ICONS.locked), t("key.unlock"));
