// Tokens as somebody else reads them: signature, issuer, audience and type checked by `jose`, which shares nothing with how
// they are made.
//
// node jws.mjs MODULE JWKS-FILE ISSUER AUDIENCE      one token in each line of the input
// It writes a line for each: what the token claims, as JSON, or the name of what is wrong with it.

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [module, keys, issuer, audience] = process.argv.slice(2);
const { createLocalJWKSet, jwtVerify } = await import(pathToFileURL(module));
const jwks = createLocalJWKSet(JSON.parse(readFileSync(keys, "utf8")));

for (const token of readFileSync(0, "utf8").split("\n").filter((line) => line !== "")) {
  try {
    const { payload } = await jwtVerify(token, jwks, { issuer, audience, typ: "secevent+jwt", algorithms: ["RS256"] });
    console.log(JSON.stringify(payload));
  } catch (fault) {
    console.log(fault.code ?? fault.name);
  }
}
