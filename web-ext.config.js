// Drives web-ext over the built Firefox extension: `cargo xtask web-ext lint|build|run`.
//
// web-ext 8 warns about a configuration in a plain `.js` file and web-ext 10 refuses it, so this file calls
// web-ext's JavaScript API itself: `node web-ext.config.js COMMAND`. cargo xtask sets the two variables.
const path = require("node:path");
const { pathToFileURL } = require("node:url");

const sourceDir = process.env.PROMPTGATE_EXTENSION || path.join(__dirname, "target/extension/firefox");
const artifactsDir = path.join(__dirname, "target/web-ext");

const config = {
  lint: { sourceDir, artifactsDir, output: "text", metadata: false, pretty: false, warningsAsErrors: false },
  build: { sourceDir, artifactsDir, overwriteDest: true },
  run: { sourceDir, artifactsDir, firefox: process.env.PROMPTGATE_FIREFOX || "firefox-esr" },
};
module.exports = config;

async function main(command) {
  const options = config[command];
  if (!options) {
    throw new Error(`\`${command}\` is no command: lint, build or run`);
  }
  const module = process.env.PROMPTGATE_WEB_EXT;
  const { default: webExt } = await import(module ? pathToFileURL(module).href : "web-ext");
  // lint ends with exit status 1 when there are errors.
  await webExt.cmd[command](options, { shouldExitProgram: command === "lint" });
}

if (require.main === module) {
  main(process.argv[2]).catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
