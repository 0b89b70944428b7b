//! ROC and reliability curves as SVG, one file each, a line for each source that was left out.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::leave_out::Fold;
use crate::metrics::{bins, roc};

/// Colours that are told apart in black and white print and by most eyes (Okabe and Ito).
const COLOURS: [&str; 8] =
    ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#999999"];

const SIZE: f64 = 360.0;

/// A line with its name.
struct Line {
    name: String,
    points: Vec<(f64, f64)>,
}

/// Writes `roc.svg` and `reliability.svg`.
pub(crate) fn write(folder: &Path, folds: &[Fold]) -> Result<()> {
    let name = |fold: &Fold| format!("{} without {}", fold.topic, fold.family);
    let rocs = folds.iter().map(|fold| Line { name: name(fold), points: roc(&fold.scored) });
    let reliable = |fold: &Fold| {
        let bins = bins(&fold.calibrated).into_iter().filter(|(many, ..)| *many >= 5);
        Line { name: name(fold), points: bins.map(|(_, score, share)| (score, share)).collect() }
    };
    let sides = ["false positive rate", "true positive rate"];
    save(&folder.join("roc.svg"), "ROC on sources left out", sides, rocs.collect())?;
    let sides = ["score", "share that is of the topic"];
    save(
        &folder.join("reliability.svg"),
        "Reliability on sources left out",
        sides,
        folds.iter().map(reliable).collect(),
    )
}

fn save(file: &Path, title: &str, [across, up]: [&str; 2], lines: Vec<Line>) -> Result<()> {
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 720 440\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <title>{title}</title>\n<rect width=\"720\" height=\"440\" fill=\"#fff\"/>\n\
         <text x=\"50\" y=\"22\" font-size=\"14\">{title}</text>\n\
         <rect x=\"50\" y=\"34\" width=\"{SIZE}\" height=\"{SIZE}\" fill=\"none\" stroke=\"#888\"/>\n\
         <path d=\"M50 {} L{} 34\" stroke=\"#ccc\"/>\n\
         <text x=\"{}\" y=\"430\" text-anchor=\"middle\">{across}</text>\n\
         <text transform=\"translate(18 {}) rotate(-90)\" text-anchor=\"middle\">{up}</text>\n",
        34.0 + SIZE,
        50.0 + SIZE,
        50.0 + SIZE / 2.0,
        34.0 + SIZE / 2.0
    );
    for tenth in [0.0, 0.5, 1.0] {
        let (x, y) = (50.0 + SIZE * tenth, 34.0 + SIZE * (1.0 - tenth));
        writeln!(out, "<text x=\"{x}\" y=\"410\" text-anchor=\"middle\">{tenth}</text>")?;
        writeln!(out, "<text x=\"44\" y=\"{}\" text-anchor=\"end\">{tenth}</text>", y + 4.0)?;
    }
    for ((line, colour), y) in
        lines.iter().zip(COLOURS.iter().cycle()).zip((0..).map(|row| 50.0 + 20.0 * f64::from(row)))
    {
        let mut last = (f64::NAN, f64::NAN);
        let mut points = String::new();
        for (x, y) in &line.points {
            // Steps too small to be seen are left out.
            let point = ((50.0 + SIZE * x).round(), (34.0 + SIZE * (1.0 - y)).round());
            if point != last {
                write!(points, "{},{} ", point.0, point.1)?;
                last = point;
            }
        }
        writeln!(
            out,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.5\"/>",
            points.trim_end()
        )?;
        writeln!(out, "<rect x=\"430\" y=\"{}\" width=\"14\" height=\"3\" fill=\"{colour}\"/>", y - 4.0)?;
        writeln!(out, "<text x=\"450\" y=\"{y}\">{}</text>", line.name)?;
    }
    out.push_str("</svg>\n");
    fs::write(file, out).with_context(|| file.display().to_string())
}
