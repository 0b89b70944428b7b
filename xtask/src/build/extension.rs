//! The extension: Rust to WASM, the page scripts with the sites' data put in, one folder for each browser, since
//! a browser may write into the folder it loads.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use shared_sites::{NetSite, Sites};

use super::Profile;
use crate::{paths, step};

/// One source and one manifest: each browser takes the background entry that it knows.
const FORMS: [&str; 2] = ["chromium", "firefox"];

/// Where the sites' data goes in the hook.
const HOOK_MARKER: &str = "__PROMPTGATE_HOOK_DATA__";

/// Where it goes in the background's look at the network.
const NET_MARKER: &str = "__PROMPTGATE_NET_DATA__";

/// The built folder of `form`.
pub fn folder(form: &str) -> PathBuf {
    paths::target().join("extension").join(form)
}

/// Builds both folders; gives back the folder they are in.
pub fn build(profile: Profile) -> Result<PathBuf> {
    let wasm = super::wasm("extension", profile)?;
    let sites = Sites::builtin().context("the sites' data")?;
    for form in FORMS {
        step::announce(&format!("extension for {form}"));
        let out = folder(form);
        if out.exists() {
            fs::remove_dir_all(&out)?;
        }
        fs::create_dir_all(&out)?;
        super::bindgen(&wasm, &out.join("wasm"), "promptgate")?;
        scripts(&sites, &out)?;
        let source = paths::root().join("extension");
        for part in ["ui", "_locales", "icons"] {
            copy(&source.join(part), &out.join(part))?;
        }
        fs::write(out.join("manifest.json"), manifest(&sites)?)?;
        fs::copy(source.join("manifest/managed.json"), out.join("managed.json"))?;
        fs::write(out.join("net.json"), serde_json::to_string_pretty(&sites.net_rules())?)?;
    }
    Ok(paths::target().join("extension"))
}

/// The hook's files share one function scope, so that no name of theirs is a global of the page.
fn scripts(sites: &Sites, out: &Path) -> Result<()> {
    let page = paths::root().join("extension/page");
    let mut hook = String::from("(() => {\n\"use strict\";\n");
    for file in sorted(&page.join("hook"))? {
        hook.push_str(&fs::read_to_string(&file)?);
    }
    hook.push_str("})();\n");
    let data = serde_json::to_string(&sites.hook())?;
    if hook.matches(HOOK_MARKER).count() != 1 {
        bail!("extension/page/hook: {HOOK_MARKER} must stand there once");
    }
    fs::create_dir_all(out.join("page"))?;
    fs::write(out.join("page/hook.js"), hook.replace(HOOK_MARKER, &data))?;
    let data = net_data(sites).to_string();
    for file in sorted(&page)?.iter().filter(|file| file.is_file()) {
        let script = fs::read_to_string(file)?.replace(NET_MARKER, &data);
        fs::write(out.join("page").join(file.file_name().unwrap_or_default()), script)?;
    }
    Ok(())
}

/// What the background's script has to look at.
fn net_data(sites: &Sites) -> Value {
    let of = |site: NetSite| json!({"hosts": site.hosts, "sockets": site.sockets, "query": site.query});
    sites.net().into_iter().map(of).collect()
}

/// What stands for the sites' hosts in the manifest's lists.
const SITES: &str = "<sites>";

/// The manifest with the hosts of the sites' data and the workspace's version.
pub fn manifest(sites: &Sites) -> Result<String> {
    let path = paths::root().join("extension/manifest/manifest.json");
    let mut manifest: Value = serde_json::from_str(&fs::read_to_string(&path)?).context("manifest.json")?;
    let hosts =
        sites.hosts().into_iter().map(|host| Value::from(format!("https://{host}/*"))).collect::<Vec<_>>();
    fill(&mut manifest, &hosts);
    manifest["version"] = env!("CARGO_PKG_VERSION").into();
    Ok(serde_json::to_string_pretty(&manifest)? + "\n")
}

/// Puts the hosts wherever a list names the sites.
fn fill(value: &mut Value, hosts: &[Value]) {
    match value {
        Value::Array(items) if items.iter().any(|item| item == SITES) => *items = hosts.to_vec(),
        Value::Array(items) => items.iter_mut().for_each(|item| fill(item, hosts)),
        Value::Object(members) => members.values_mut().for_each(|member| fill(member, hosts)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn sorted(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut files = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    files.sort();
    Ok(files)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for path in sorted(from)? {
        let target = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy(&path, &target)?;
        } else {
            fs::copy(&path, &target)?;
        }
    }
    Ok(())
}
