// Sealed text in its place: closed until a key is at hand, then opened in this tab.
// INVARIANT: what was opened is in the document only, below `data-opened`, where `forget` finds it.

import { ask } from "./api.js";
import { askForKey, keyId, openText } from "./lock.js";
import { ICONS, el, icon } from "./make.js";
import { bytes, t, word } from "./words.js";

const closed = (row, why, act) =>
  el("div", { class: "closed", title: t("text.keys", { keys: row.sealed.map((one) => one.key).join(", ") }) }, icon(ICONS.locked), el("span", {}, why),
    act && el("button", { class: "quiet", type: "button", onclick: askForKey }, t("key.unlock")));

const lines = (content) => {
  if (content.prompt) {
    const files = content.prompt.attachments.map((name) => el("p", { class: "file" }, t("text.file", { name })));
    return [...content.prompt.parts.map((part) => el("p", {}, part)), ...files];
  }
  return [el("p", {}, content.answer ?? content.reason)];
};

const opened = async (row, signal) => {
  const key = keyId();
  const sealed = row.sealed.find((one) => one.key === key);
  if (!sealed) {
    return closed(row, t("text.other", { keys: row.sealed.map((one) => one.key).join(", "), key }), true);
  }
  try {
    const all = await ask(`sealed/${row.seq}`, {}, signal);
    const { blob } = all.find((one) => one.key === key);
    return el("div", { class: "opened", "data-opened": row.kind }, lines(openText(blob, row.event)));
  } catch (fault) {
    return closed(row, t("text.fault", { why: word("text.fault", fault.message) }), false);
  }
};

// The text of a row; null where none was kept.
export const text = (row, signal) => {
  if (!row.sealed?.length) return null;
  const place = el("div", { class: "text", "data-seq": row.seq });
  if (keyId() === null) {
    const size = bytes(row.text_bytes || row.reason_bytes || row.sealed[0].bytes);
    place.append(closed(row, t("text.sealed", { size }), false));
  } else {
    opened(row, signal).then((part) => signal.aborted || place.replaceChildren(part)).catch(() => null);
  }
  return place;
};
