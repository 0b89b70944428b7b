//! x
mod leave_out;
mod metrics;
use models_train::{data, fit::Settings, reading::Reading, row::Row, written};
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let sets = data::read(std::path::Path::new(&args[1])).unwrap();
    let rows: Vec<Row> = [sets.train, sets.tune, written::rows().unwrap()].concat();
    let readings: Vec<Reading> = rows.iter().map(|row| Reading::of(&row.text)).collect();
    let mut s = Settings::default();
    for a in &args[2..] {
        let (k, v) = a.split_once('=').unwrap_or((a, ""));
        match k {
            "epochs" => s.epochs = v.parse().unwrap(),
            "rate" => s.rate = v.parse().unwrap(),
            "decay" => s.decay = v.parse().unwrap(),
            "least" => s.least = v.parse().unwrap(),
            _ => {}
        }
    }
    let only = args.iter().find_map(|a| a.strip_prefix("only="));
    let t = std::time::Instant::now();
    for f in leave_out::leave_out(&rows, &readings, &s, only) {
        println!(
            "{:18} {:20} {:5}+ {:5}- {:?} len {:?}  {:.1}s",
            f.topic,
            f.family,
            f.counts.0,
            f.counts.1,
            f.figures.map(|x| x.map(|x| (x * 1000.0).round() / 1000.0)),
            f.length.map(|x| (x * 100.0).round() / 100.0),
            t.elapsed().as_secs_f32()
        );
    }
}
