// Gives a refused prompt back to the person: a site empties its field when it sends, and not every one fills it
// again after a refusal. Writes only into a field that is empty, what the person had written there.
// INVARIANT: the text came from this page's own request, so nothing is told that the page did not know.
// It does not decide when: the session names the text with the refusal.

const promptgateGiveBack = (() => {
  "use strict";
  // What a site does itself after a refusal, it does at once.
  const PATIENCE_MS = 400;

  const written = (field) => (field instanceof HTMLTextAreaElement ? field.value : field.innerText).trim() !== "";

  // As if typed, so that the site's own editor takes notice.
  const type = (field, text) => {
    if (field instanceof HTMLTextAreaElement) {
      Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(field, text);
      field.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertText" }));
      return;
    }
    const selection = document.getSelection();
    selection.selectAllChildren(field);
    document.execCommand("insertText", false, text);
    selection.collapseToEnd();
  };

  // `fieldOf` yields the field at the time of looking, or null: sites put a new one in place of the old. What the site
  // gave back already, or the person did to the field meanwhile, stands: a prompt that was cleared stays cleared.
  return (fieldOf, text) => {
    const now = fieldOf();
    if (now && written(now)) return;
    let touched = false;
    const touch = ({ isTrusted }) => {
      touched ||= isTrusted;
    };
    addEventListener("beforeinput", touch, true);
    setTimeout(() => {
      removeEventListener("beforeinput", touch, true);
      const field = fieldOf();
      if (!touched && field?.isConnected && !written(field)) type(field, text);
    }, PATIENCE_MS);
  };
})();
