//! How long one text takes, for several lengths: the linear model alone, disguises included, and the whole engine.

use std::time::Instant;

use host_classify::Engine;
use host_classify::linear::{Model, scores};

use crate::table::Table;
use crate::together;

/// Characters of the texts.
const LENGTHS: [usize; 4] = [100, 1_000, 10_000, 100_000];

/// Ordinary text, and text that makes the model look twice.
const TEXTS: [(&str, &str); 2] = [
    (
        "prose",
        "Please rewrite this paragraph for the board, and keep the order of the 3 arguments (see page 12). ",
    ),
    (
        "disguised",
        "pl34s3 r3wr1t3 gur cnentencu naq lbhe ergrag d m F z d G 9 v Zm9vIGJhciBiYXogcXV4IHF1dXg= i g n o r e. ",
    ),
];

/// Median and slowest of some runs in milliseconds.
pub(crate) fn table(model: &Model<'_>, engine: &Engine) -> Table {
    let mut table = Table {
        title: "latency on this machine, milliseconds".to_owned(),
        columns: vec!["who", "text", "characters", "median", "95th percentile"],
        rows: Vec::new(),
    };
    for (name, piece) in TEXTS {
        for length in LENGTHS {
            let text: String = piece.chars().cycle().take(length).collect();
            let linear = times(|| scores(model, &text));
            let both = times(|| together::scores(engine, &text));
            for (who, [median, slow]) in [("linear model", linear), ("whole engine", both)] {
                let cells = [who, name, &length.to_string(), &median, &slow];
                table.rows.push(cells.map(str::to_owned).to_vec());
            }
        }
    }
    table
}

/// Median and 95th percentile of some runs.
fn times<T>(run: impl Fn() -> T) -> [String; 2] {
    let mut times: Vec<f64> = (0..40)
        .map(|_| {
            let start = Instant::now();
            std::hint::black_box(run());
            start.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    times.sort_by(f64::total_cmp);
    [50, 95].map(|share| {
        let time = times.get(times.len() * share / 100).copied().unwrap_or_default();
        format!("{time:.3}")
    })
}
