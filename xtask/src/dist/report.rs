//! What was packed, how large it is, and what is not there and why: a table for people, JSON for programs.

use anyhow::Result;
use serde_json::{Value, json};

use super::{Inputs, Release, archive, sha256};

/// The WASM of the extension.
const WASM: &str = "wasm/promptgate_bg.wasm";

/// The table.
pub struct Report {
    head: Value,
    files: Vec<Value>,
    left_out: Vec<String>,
}

impl Report {
    /// Begins with what is measured of the build itself.
    pub fn new(release: &Release, inputs: &Inputs) -> Result<Self> {
        let wasm = inputs.chromium.get(WASM).unwrap_or_default();
        let mut head = json!({
            "version": release.version,
            "moment": release.moment.to_string(),
            "wasm": {"bytes": wasm.len(), "gzip": archive::gz(wasm, release)?.len(), "sha256": sha256(wasm)},
        });
        for (name, host) in [("host", &inputs.host), ("host_windows", &inputs.windows)] {
            if let Some(host) = host {
                head[name] = json!({"bytes": host.program.len(), "sha256": sha256(&host.program)});
            }
        }
        Ok(Self { head, files: Vec::new(), left_out: Vec::new() })
    }

    /// The id that follows from the key of the crx.
    pub fn extension_id(&mut self, id: &str) {
        self.head["extension_id"] = id.into();
    }

    /// One file that was written.
    pub fn file(&mut self, name: &str, bytes: &[u8]) {
        self.files.push(json!({"name": name, "bytes": bytes.len(), "sha256": sha256(bytes)}));
    }

    /// One that was not, in a sentence.
    pub fn leave_out(&mut self, why: &str) {
        self.left_out.push(why.to_owned());
    }

    /// Prints it.
    pub fn tell(mut self, json: bool) -> Result<()> {
        if json {
            self.head["files"] = self.files.into();
            self.head["left_out"] = self.left_out.into();
            println!("{}", serde_json::to_string_pretty(&self.head)?);
            return Ok(());
        }
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        println!(
            "\nPromptgate {}, {}, under target/dist/\n",
            text(&self.head["version"]),
            text(&self.head["moment"])
        );
        for file in &self.files {
            println!("{:>11}  {}  {}", file["bytes"].to_string(), text(&file["sha256"]), text(&file["name"]));
        }
        let wasm = &self.head["wasm"];
        println!("\nWASM: {} bytes, {} with gzip", wasm["bytes"], wasm["gzip"]);
        for (name, what) in [("host", "the host's program"), ("host_windows", "the same for Windows")] {
            if let Some(host) = self.head.get(name) {
                println!("{what}: {} bytes", host["bytes"]);
            }
        }
        if let Some(id) = self.head["extension_id"].as_str() {
            println!(
                "the crx has the id {id}; the host answers it when the machine's settings say:\n\n[developer]\nextensions = [\"{id}\"]\n"
            );
        }
        for why in &self.left_out {
            println!("not here: {why}");
        }
        Ok(())
    }
}
