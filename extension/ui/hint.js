// Starts the hint beside the composer: all of it is Rust (src/ui). Without it nothing is said before Send.

import init, { hint_start } from "../wasm/promptgate.js";

await init({ module_or_path: new URL("../wasm/promptgate_bg.wasm", import.meta.url) });
hint_start();
