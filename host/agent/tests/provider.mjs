// The certified provider `oidc-provider` as the tests need it: under TLS on a port of this machine, with people whose
// sign-in says what the test wants it to say. Its forms are ours; what it makes of them is its own.
//
// node provider.mjs MODULE CERTIFICATE KEY OPTIONS      OPTIONS is JSON: { claims: "id" | "userinfo", alg, amr }
// It writes one line: its issuer.

import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import https from "node:https";
import { pathToFileURL } from "node:url";

const [module, certificate, key, options] = process.argv.slice(2);
const { Provider } = await import(pathToFileURL(module)).then((all) => ({ Provider: all.default }));
// Its word goes to one reader, for one line.
console.info = console.log = console.warn;

const { claims = "id", alg = "RS256" } = JSON.parse(options);

const people = {
  jane: { email: "jane@example.com", email_verified: true, groups: ["hr", "staff"], department: "claims" },
  joe: { email: "joe@example.com", email_verified: false, groups: ["staff"], department: "sales" },
};
let grant;
// So many answers about a person fail.
let fails = 0;

const pair = alg.startsWith("ES")
  ? generateKeyPairSync("ec", { namedCurve: "P-256" })
  : generateKeyPairSync("rsa", { modulusLength: 2048 });
const jwk = { ...pair.privateKey.export({ format: "jwk" }), use: "sig", kid: "one", alg };

const server = https.createServer({ cert: readFileSync(certificate), key: readFileSync(key) });
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const issuer = `https://localhost:${server.address().port}`;

const provider = new Provider(issuer, {
  acrValues: ["low", "high"],
  claims: {
    openid: ["sub", "acr", "amr", "auth_time", "ipaddr"],
    email: ["email", "email_verified"],
    profile: ["department"],
    groups: ["groups"],
  },
  clients: [
    {
      client_id: "promptgate",
      application_type: "native",
      token_endpoint_auth_method: "none",
      redirect_uris: ["http://127.0.0.1/callback"],
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      id_token_signed_response_alg: alg,
      require_auth_time: true,
    },
  ],
  conformIdTokenClaims: claims === "userinfo",
  cookies: { keys: ["a key of the tests"] },
  features: { devInteractions: { enabled: false }, revocation: { enabled: true } },
  findAccount: (ctx, sub) => ({ accountId: sub, claims: () => ({ sub, ...people[sub] }) }),
  interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
  issueRefreshToken: (ctx, client) => client.grantTypeAllowed("refresh_token"),
  jwks: { keys: [jwk] },
  async loadExistingGrant(ctx) {
    const made = new ctx.oidc.provider.Grant({
      clientId: ctx.oidc.client.clientId,
      accountId: ctx.oidc.session.accountId,
    });
    made.addOIDCScope("openid profile email groups offline_access");
    grant = await made.save();
    return made;
  },
  pkce: { required: () => true },
  rotateRefreshToken: true,
  scopes: ["openid", "profile", "email", "groups", "offline_access"],
});

const fields = async (request) => {
  let body = "";
  for await (const piece of request) body += piece;
  return new URLSearchParams(body);
};

server.on("request", async (request, response) => {
  try {
    const { pathname } = new URL(request.url, issuer);
    if (pathname === "/control") {
      const asked = await fields(request);
      if (asked.get("groups")) people[asked.get("who")].groups = asked.get("groups").split(" ");
      if (asked.get("ipaddr")) people[asked.get("who")].ipaddr = asked.get("ipaddr");
      if (asked.get("fails")) fails = Number(asked.get("fails"));
      if (asked.get("revoke")) await provider.RefreshToken.revokeByGrantId(grant);
      response.end("done");
    } else if (pathname === "/me" && fails > 0) {
      fails -= 1;
      response.statusCode = 503;
      response.end();
    } else if (pathname.startsWith("/interaction/") && request.method === "GET") {
      const { prompt } = await provider.interactionDetails(request, response);
      const inputs = ["who", "acr", "amr", "age", "refuse"].map((name) => `<label>${name} <input name="${name}"></label>`);
      response.setHeader("content-type", "text/html; charset=utf-8");
      response.end(`<!doctype html><title>${prompt.name}</title>
        <form method="post" data-prompt="${prompt.name}">${prompt.name === "login" ? inputs.join("") : ""}
        <button>Go on</button></form>`);
    } else if (pathname.startsWith("/interaction/")) {
      const said = await fields(request);
      if (said.get("refuse")) {
        const refused = { error: "access_denied", error_description: "<b>not</b> today" };
        return await provider.interactionFinished(request, response, refused);
      }
      // A native app's person is asked whether they mean it, each time.
      const { prompt } = await provider.interactionDetails(request, response);
      if (prompt.name === "consent") {
        return await provider.interactionFinished(request, response, { consent: {} }, { mergeWithLastSubmission: true });
      }
      const ts = Math.floor(Date.now() / 1000) - Number(said.get("age") ?? 0);
      const login = { accountId: said.get("who"), acr: said.get("acr") || undefined, ts };
      if (said.get("amr")) login.amr = said.get("amr").split(" ");
      await provider.interactionFinished(request, response, { login });
    } else {
      provider.callback()(request, response);
    }
  } catch (fault) {
    response.statusCode = 500;
    response.end(String(fault));
  }
});

process.stdout.write(`${issuer}\n`);
