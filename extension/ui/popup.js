// Starts the popup: all of it is Rust (src/ui).

import init, { popup_start } from "../wasm/promptgate.js";

await init({ module_or_path: new URL("../wasm/promptgate_bg.wasm", import.meta.url) });
popup_start();
