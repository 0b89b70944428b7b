// Elements from values. Words become text and never markup.
// INVARIANT: no attribute that runs script is ever set; listeners are functions.

const SVG = "http://www.w3.org/2000/svg";

const fill = (element, attributes, children) => {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
};

export const el = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);

export const svg = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);

// A small drawing in the manner of the extension's: strokes in the text's colour.
export const icon = (path) => svg("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" }, svg("path", { d: path }));

export const ICONS = {
  locked: "M7 11V8a5 5 0 0 1 10 0v3M5.5 11h13v9h-13z",
  open: "M7 11V8a5 5 0 0 1 9.6-2M5.5 11h13v9h-13z",
  back: "M14.5 6l-6 6 6 6",
};

export const show = (where, ...children) => {
  where.replaceChildren(...children.flat(Infinity).filter(Boolean));
};

// Tells a screen reader what changed.
export const say = (text) => {
  document.getElementById("said").textContent = text;
};
