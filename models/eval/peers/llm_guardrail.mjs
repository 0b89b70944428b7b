// llm_guardrail, the package for Node.js: `node llm_guardrail.mjs FOLDER asks|harm`, where FOLDER holds its node_modules.
// A line of JSON a text on stdin, a line a text on stdout, as in answering.py.

import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const [folder, which] = process.argv.slice(2);
const at = pathToFileURL(`${folder}/node_modules/llm_guardrail/index.js`);
const { checkInjection, checkJailbreak, checkMalicious } = await import(at);
const checks = which === "harm" ? [checkMalicious] : [checkInjection, checkJailbreak];

async function answer(text) {
  const said = await Promise.all(checks.map((check) => check(text)));
  return {
    score: Math.max(...said.map((one) => one.probabilities.threat)),
    flagged: said.some((one) => one.detected),
  };
}

const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
await answer("The first text is slow, so it is not measured.");
say({ ready: true });
for await (const line of createInterface({ input: process.stdin })) {
  const { text } = JSON.parse(line);
  const start = performance.now();
  const said = await answer(text);
  say({ ...said, spans: [], ms: performance.now() - start });
}
