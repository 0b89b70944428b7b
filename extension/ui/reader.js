// Starts the view of an answer with its originals: all of it is Rust (src/ui).

import init, { reader_start } from "../wasm/promptgate.js";

await init({ module_or_path: new URL("../wasm/promptgate_bg.wasm", import.meta.url) });
reader_start();
