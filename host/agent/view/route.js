// Where one is: the part of the address behind `#`, which keeps the filters and can be passed on.

// In the order in which they are drawn.
export const FILTERS = [
  "user",
  "app",
  "action",
  "topic",
  "operation",
  "since",
  "until",
  "conversation",
  "captured",
  "matched",
];

export const read = () => {
  const [path, query = ""] = location.hash.slice(1).split("?");
  const [page = "", ...rest] = path.split("/").filter((part) => part !== "").map(decodeURIComponent);
  const given = new URLSearchParams(query);
  const filters = {};
  for (const name of FILTERS) if (given.get(name)) filters[name] = given.get(name);
  return { page, rest, filters };
};

export const write = (page, rest = [], filters = {}) => {
  const path = ["", page, ...rest].map(encodeURIComponent).join("/");
  const query = new URLSearchParams(Object.entries(filters).filter(([, value]) => value)).toString();
  return `#${path}${query === "" ? "" : `?${query}`}`;
};

export const go = (page, rest, filters) => {
  location.hash = write(page, rest, filters);
};
