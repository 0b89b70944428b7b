// Words in the browser's language, and numbers and times as that language writes them, with the digits of the codes and
// addresses beside them.

const LANGUAGES = ["en", "de", "fr", "es", "pt", "ja", "zh", "ar"];
const LEFTWARDS = ["ar"];
const DIGITS = { numberingSystem: "latn" };

let words = {};
let language = "en";
let plural = new Intl.PluralRules("en");
let leftwards = false;

const load = async (name) => (await fetch(`/words/${name}.json`)).json();

export const begin = async () => {
  const wanted = navigator.languages.map((tag) => tag.split("-")[0]);
  language = wanted.find((tag) => LANGUAGES.includes(tag)) ?? "en";
  words = { ...(await load("en")), ...(language === "en" ? {} : await load(language)) };
  plural = new Intl.PluralRules(language);
  leftwards = LEFTWARDS.includes(language);
  document.documentElement.lang = language;
  document.documentElement.dir = leftwards ? "rtl" : "ltr";
};

// A name or a code keeps its own order among words that run the other way: U+2068 to U+2069, as `bdi` does it.
const apart = (value) => (leftwards ? `\u2068${value}\u2069` : value);

// The words of a key. `{name}` is put in; with `count`, the form for that number.
export const t = (key, values = {}) => {
  const form = "count" in values ? `${key}.${plural.select(values.count)}` : key;
  const text = words[form] ?? words[`${key}.other`] ?? words[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => {
    const value = values[name];
    if (value === undefined) return whole;
    return typeof value === "number" ? number(value) : apart(value);
  });
};

// A word of the record (an action, an operation), as people say it; as it stands where nobody said how.
export const word = (kind, value) => words[`${kind}.${value}`] ?? value;

export const number = (value) => new Intl.NumberFormat(language, DIGITS).format(value);

const format = (options) => (at) => new Intl.DateTimeFormat(language, { ...options, ...DIGITS }).format(at);

const thisYear = format({ month: "short", day: "numeric" });
const anyYear = format({ year: "numeric", month: "short", day: "numeric" });
export const day = (at) => (new Date(at).getFullYear() === new Date().getFullYear() ? thisYear(at) : anyYear(at));
export const clock = format({ hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
export const moment = format({ year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
export const weekday = format({ weekday: "short", day: "numeric", month: "short" });
export const dayAndHour = format({ month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

// How long, in two units at most.
export const span = (ms) => {
  const unit = (value, name) =>
    new Intl.NumberFormat(language, { ...DIGITS, style: "unit", unit: name, unitDisplay: "short", maximumFractionDigits: 1 }).format(value);
  if (ms < 1000) return unit(Math.round(ms), "millisecond");
  if (ms < 60_000) return unit(ms / 1000, "second");
  if (ms < 3_600_000) return unit(Math.round(ms / 60_000), "minute");
  if (ms < 86_400_000) return unit(ms / 3_600_000, "hour");
  return unit(ms / 86_400_000, "day");
};

export const bytes = (count) => {
  const [unit, unitDisplay, value] = count < 1000 ? ["byte", "long", count] : ["kilobyte", "short", count / 1000];
  return new Intl.NumberFormat(language, { ...DIGITS, style: "unit", unit, unitDisplay, maximumFractionDigits: 1 }).format(value);
};
