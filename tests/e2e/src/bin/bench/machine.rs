//! The machine that the figures are of: what a reader needs to compare them with others.

use std::fs;
use std::io::Write;
use std::time::Instant;

use anyhow::Result;
use serde_json::{Value, json};

use crate::stats::Summary;

/// How often the disk is asked.
const SYNCS: usize = 200;

/// Processor, cores, memory, system; `build` says how the product was compiled.
pub fn facts() -> Result<Value> {
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kb = memory.lines().find_map(|line| line.strip_prefix("MemTotal:")?.split_whitespace().next());
    let gb = kb.and_then(|kb| kb.parse::<f64>().ok()).map(|kb| (kb * 1024.0 / 1e8).round() / 10.0);
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let sync = sync()?;
    Ok(json!({
        "cpu": model.map(|(_, model)| model),
        "cores": std::thread::available_parallelism().map(usize::from).unwrap_or_default(),
        "memory_gb": gb,
        "system": format!("{} {}", std::env::consts::OS, kernel.trim()),
        "sync_ms": {"p50": sync.p50, "p99": sync.p99, "n": sync.n},
    }))
}

/// What has the machine to do besides, over one, five and fifteen minutes.
pub fn load() -> Value {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split_whitespace().take(3).filter_map(|one| one.parse::<f64>().ok()).collect()
}

/// A page of 4 KiB appended and made durable where the records lie: no append of ours can be quicker.
fn sync() -> Result<Summary> {
    let mut file = tempfile::tempfile()?;
    let mut times = Vec::new();
    for _ in 0..SYNCS {
        let started = Instant::now();
        file.write_all(&[7; 4096])?;
        file.sync_data()?;
        times.push(started.elapsed().as_secs_f64() * 1000.0);
    }
    Ok(Summary::of(&times).unwrap_or_default())
}
