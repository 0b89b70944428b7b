//! How long the encoder reads, by the length of a text: `cargo run --release -p host-classify --example encoder`.
//!
//! `--times THREADS RUNS` writes a time in milliseconds for each run over two windows of 64 word pieces, for
//! `models/eval/peers/onnxruntime_speed.py`.

#![expect(clippy::print_stdout, reason = "a command line")]

use std::time::Instant;

use host_classify::encoder::{Encoder, Window, builtin, windows};

const RUNS: usize = 200;

const SENTENCE: &str =
    "The minutes of the meeting say that the office moves in spring, and that nobody likes it. ";

fn main() {
    let Ok(encoder) = builtin() else {
        println!("the encoder is damaged");
        return;
    };
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let [option, threads, runs] = words.as_slice()
        && option == "--times"
    {
        let count = |word: &String| word.parse().unwrap_or(1);
        let windows = full(encoder);
        for time in times(encoder, &windows, count(threads), count(runs)) {
            println!("{time:.4}");
        }
        return;
    }
    println!("pieces  windows  p50 ms  p95 ms  p99 ms");
    for repeats in [1, 3, 6, 12, 30] {
        let mut read: Vec<Window> = Vec::new();
        windows(encoder.words(), &SENTENCE.repeat(repeats), |window| {
            read.push(window);
            true
        });
        let mut times = times(encoder, &read, 1, RUNS);
        times.sort_by(f64::total_cmp);
        let ms = |share: usize| times.get(RUNS * share / 100).copied().unwrap_or_default();
        let pieces: usize = read.iter().map(|window| window.pieces.len()).sum();
        println!("{pieces:6} {:8} {:7.2} {:7.2} {:7.2}", read.len(), ms(50), ms(95), ms(99));
    }
}

/// Two windows of 64 pieces.
fn full(encoder: &Encoder<'_>) -> [Window; 2] {
    let mut pieces = vec![encoder.words().begin()];
    windows(encoder.words(), &SENTENCE.repeat(8), |window| {
        pieces.extend(window.pieces.iter().skip(1));
        pieces.len() < 64
    });
    pieces.truncate(64);
    let window = Window { ends: vec![pieces.len()], pieces, bytes: (0, 0) };
    [window.clone(), window]
}

/// Milliseconds of each run, on one thread or on two, as a prompt is read.
fn times(encoder: &Encoder<'_>, windows: &[Window], threads: usize, runs: usize) -> Vec<f64> {
    let one = || {
        let start = Instant::now();
        let (some, others) = windows.split_at(windows.len().div_ceil(threads.clamp(1, 2)));
        std::thread::scope(|scope| {
            if !others.is_empty() {
                scope.spawn(|| std::hint::black_box(encoder.read(others)));
            }
            std::hint::black_box(encoder.read(some));
        });
        start.elapsed().as_secs_f64() * 1_000.0
    };
    (0..runs).map(|_| one()).collect()
}
