// Starts the page: all of it is Rust (src/ui).

import init, { options_start } from "../wasm/promptgate.js";

await init({ module_or_path: new URL("../wasm/promptgate_bg.wasm", import.meta.url) });
options_start();
