// Starts the card beside the composer: all of it is Rust (src/ui). Without it nothing is drawn, the request
// stays held, and the hold's own deadline refuses it.

import init, { card_start } from "../wasm/promptgate.js";

await init({ module_or_path: new URL("../wasm/promptgate_bg.wasm", import.meta.url) });
card_start();
