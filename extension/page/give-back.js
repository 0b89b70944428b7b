// Gives a refused prompt back to the person: a site empties its field when it sends, and not every one fills it
// again after a refusal. Writes by itself only into a field that is empty, what the person had written there.
// INVARIANT: the text came from this page's own request, so nothing is told that the page did not know.
// It does not decide when: the session names the text with the refusal, or because the person asked for it.

const promptgateGiveBack = (() => {
  "use strict";
  // What a site does itself after a refusal, it does at once.
  const PATIENCE_MS = 400;

  const textOf = (field) => (field instanceof HTMLTextAreaElement ? field.value : field.innerText);
  const written = (field) => textOf(field).trim() !== "";

  // As if typed at the end, so that the site's own editor takes notice.
  const type = (field, text) => {
    const more = written(field) ? `\n${text}` : text;
    if (field instanceof HTMLTextAreaElement) {
      Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(field, field.value + more);
      field.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertText" }));
      return;
    }
    const selection = document.getSelection();
    selection.selectAllChildren(field);
    if (written(field)) selection.collapseToEnd();
    document.execCommand("insertText", false, more);
    selection.collapseToEnd();
  };

  // `fieldOf` yields the field at the time of looking, or null: sites put a new one in place of the old. What the site
  // gave back already, or the person did to the field meanwhile, stands: a prompt that was cleared stays cleared.
  // `lost`: is called when the field is gone, or empty again, a moment after it was given the text.
  const quietly = (fieldOf, text, lost) => {
    const now = fieldOf();
    if (now && written(now)) return;
    let touched = false;
    const touch = ({ isTrusted }) => {
      touched ||= isTrusted;
    };
    addEventListener("beforeinput", touch, true);
    const look = () => {
      removeEventListener("beforeinput", touch, true);
      const field = fieldOf();
      if (!touched && !(field?.isConnected && written(field))) lost();
    };
    setTimeout(() => {
      removeEventListener("beforeinput", touch, true);
      const field = fieldOf();
      if (!touched && field?.isConnected && !written(field)) type(field, text);
      addEventListener("beforeinput", touch, true);
      setTimeout(look, PATIENCE_MS);
    }, PATIENCE_MS);
  };

  // The person asked for it.
  const now = (field, text) => {
    if (!field?.isConnected) return;
    field.focus();
    type(field, text);
  };

  return { quietly, now };
})();
