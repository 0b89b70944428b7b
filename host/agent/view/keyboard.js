// Keys for those who do not leave the keyboard: j and k (or the arrows) through the list, Enter opens, / filters, u goes
// back.

const links = () => [...document.querySelectorAll("a[data-row]")];

const step = (by) => {
  const all = links();
  if (all.length === 0) return false;
  const at = all.indexOf(document.activeElement);
  const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1);
  all[next].focus();
  all[next].scrollIntoView({ block: "nearest" });
  return true;
};

const press = (selector) => {
  const found = document.querySelector(selector);
  found?.closest("details")?.setAttribute("open", "");
  found?.focus();
  if (found?.tagName === "A") found.click();
  return Boolean(found);
};

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  ArrowDown: () => links().includes(document.activeElement) && step(1),
  ArrowUp: () => links().includes(document.activeElement) && step(-1),
  "/": () => press("[data-first-filter]"),
  u: () => press("a[data-back]"),
};

export const keyboard = () => {
  addEventListener("keydown", (event) => {
    const { target, key } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || target.closest?.("input, select, textarea, dialog")) {
      if (key === "Escape" && target.closest?.("form.filters")) target.blur();
      return;
    }
    if (KEYS[key]?.()) event.preventDefault();
  });
};
