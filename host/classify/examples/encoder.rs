//! How long the encoder reads, by the length of a text: `cargo run --release -p host-classify --example encoder`.

#![expect(clippy::print_stdout, reason = "a command line")]

use std::time::{Duration, Instant};

use host_classify::encoder::{Window, builtin, windows};

const RUNS: usize = 200;

fn main() {
    let Ok(encoder) = builtin() else {
        println!("the encoder is damaged");
        return;
    };
    let text = "The minutes of the meeting say that the office moves in spring, and that nobody likes it. ";
    println!("pieces  windows  p50 ms  p95 ms  p99 ms");
    for repeats in [1, 3, 6, 12, 30] {
        let mut read: Vec<Window> = Vec::new();
        windows(encoder.words(), &text.repeat(repeats), |window| {
            read.push(window);
            true
        });
        let mut times: Vec<Duration> = (0..RUNS)
            .map(|_| {
                let start = Instant::now();
                std::hint::black_box(encoder.read(&read));
                start.elapsed()
            })
            .collect();
        times.sort();
        let ms =
            |share: usize| times.get(RUNS * share / 100).map_or(0.0, |time| time.as_secs_f64() * 1_000.0);
        let pieces: usize = read.iter().map(|window| window.pieces.len()).sum();
        println!("{pieces:6} {:8} {:7.2} {:7.2} {:7.2}", read.len(), ms(50), ms(95), ms(99));
    }
}
