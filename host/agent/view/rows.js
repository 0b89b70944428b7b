// What a row says, in plain words.

import { t, word, bytes, span } from "./words.js";

const refusedBy = (by) => {
  if (typeof by === "string") return word("by", by);
  const [[who, why]] = Object.entries(by);
  return t(`by.${who}`, { why: word(who === "fault" ? "code" : "reason", why) });
};

const judged = (row) => {
  const what = word("operation", row.operation ?? "unread");
  if (row.would) return t("row.judged.would", { what, action: word("action", row.would) });
  return t("row.judged", { what, action: word("action", row.action) });
};

const response = (row) => {
  const said = [t(row.complete ? "row.response" : "row.response.part", { size: bytes(row.text_bytes) })];
  if (row.model) said.push(t("row.model", { model: row.model }));
  if (row.tool_calls?.length) said.push(t("row.tools", { tools: row.tool_calls.map((tool) => tool.name).join(", ") }));
  if (row.error) said.push(t("row.error", { error: row.error }));
  return said.join(" ");
};

const KINDS = {
  judged,
  response,
  shown: () => t("row.shown"),
  answered: (row) => t(`row.answered.${row.choice}`),
  released: (row) => t(row.edited ? "row.released.edited" : "row.released"),
  refused: (row) => t("row.refused", { by: refusedBy(row.by) }),
  mistake: () => t("row.mistake"),
  ended: (row) => t("row.ended", { reason: word("reason", row.reason) }),
  drift: (row) => t("row.drift", { what: word("what", row.drift.what), path: row.drift.path }),
  late: (row) => t(row.released ? "row.late.released" : "row.late.refused"),
  drafts: (row) => t("row.drafts", { count: row.drafts }),
};

export const sentence = (row) => (row.erased ? t("row.erased") : (KINDS[row.kind]?.(row) ?? word("kind", row.kind)));

// A tone for the mark beside it.
export const tone = (row) => {
  if (row.kind === "refused" || row.kind === "drift") return "stop";
  if (row.kind === "released" || row.kind === "response") return "good";
  if (row.kind === "answered" || row.kind === "shown" || row.kind === "late" || row.kind === "mistake") return "care";
  return "calm";
};

// Pairs of what a judgement was made from; only what is there.
export const about = (judgement) => {
  const all = (values) => (values?.length ? values.join(", ") : null);
  const timings = judgement.timings ?? {};
  const took = timings.total_us ? t("about.took.value", { total: span(timings.total_us / 1000), classify: span((timings.classify_us ?? 0) / 1000) }) : null;
  const pairs = {
    policies: all(judgement.policies?.map((policy) => `${policy.id} (${word("action", policy.action)})`)),
    labels: all(Object.entries(judgement.labels ?? {}).map(([label, count]) => (count > 1 ? `${label} × ${count}` : label))),
    fault: judgement.fault && word("code", judgement.fault),
    mode: word("mode", judgement.mode),
    source: word("source", judgement.source),
    bundle: judgement.bundle,
    model: judgement.model,
    account: judgement.account && judgement.account !== "unknown" ? word("account", judgement.account) : null,
    workspace: judgement.workspace,
    connectors: all(judgement.connectors),
    tools: all(judgement.tools),
    attachments: judgement.attachments || null,
    size: judgement.text_bytes ? bytes(judgement.text_bytes) : null,
    capture: word("capture", judgement.capture),
    browser: judgement.browser && word("browser", judgement.browser),
    window: judgement.private_window ? t("about.private") : null,
    chat: [judgement.temporary && t("about.temporary"), judgement.logged_out && t("about.logged-out")].filter(Boolean).join(", ") || null,
    engines: all(judgement.engines),
    took: took && (timings.previewed ? `${took}, ${t("about.previewed")}` : took),
  };
  return Object.entries(pairs).filter(([, value]) => value !== null && value !== undefined && value !== "" && value !== 0);
};
