//! The project's own tasks. `cargo xtask` lists them.
//!
//! Each task does all of its own set-up: what is missing is announced, then installed or named in one line.

mod bench;
mod build;
mod capture;
mod demo;
mod dist;
mod eval;
mod paths;
mod run;
mod setup;
mod soak;
mod step;
mod test;
mod tidy;

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask <task>

  demo [--browser chromium|firefox|both]   the product at work in a real browser
  run [--browser chromium|firefox]         a browser with extension and host for hand work; what changes in the sources
      [--sites stand-ins|real]             is built and loaded anew; Ctrl-C ends and leaves nothing
  test                                     every check and test, real browsers included
  bench [--browser B] [--only NAME]        how fast it is, in real browsers with and without it; warns, never fails
        [--n N] [--json]                   NAME: send asleep host-start stream load memory transport push
  eval [--data DIR] [--json] [--wrong]     how good the models are, per topic and source; curves go to models/
       [--custom] [--peers [--only KIND]]  topics by examples; what others wrote beside ours; KIND: asks personal secrets
  build [--release|--extension]            the host with its viewer, both extensions, under target/
  dist [--extension|--windows]             packages of host and extension with checksums and bills of materials, under
       [--crx-key FILE] [--update-url BASE]  target/dist/; with a key a crx, with an address update.xml and updates.json
       [--signed-xpi FILE] [--maintainer WHO] [--json]
  capture FILE.har                         recorded traffic as invented cases, under target/cases/
  tidy                                     the rules of the house
  web-ext lint|build|run                   web-ext over the built extension
  soak [--minutes N]                       long campaigns: kill loops, properties with many cases, fuzz targets
  soak --kill|--power-cut|--outbox [--rounds N]  only these campaigns: the record, messages about risk
  soak --fuzz [--minutes N] [--json]       the fuzz targets only, N minutes each; one with --target NAME
";

/// The machine cannot do it and a person has to act; the one line was printed.
const CANNOT: u8 = 2;

fn main() -> ExitCode {
    if let Some(done) = soak::instrument::in_place_of_rustc() {
        return done;
    }
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["demo", options @ ..] => demo::run(options),
        ["run", options @ ..] => match run::Options::read(options) {
            Ok(options) => run::run(&options),
            Err(why) => return usage(&why),
        },
        ["bench", options @ ..] => bench::run(options),
        ["eval", options @ ..] => eval::run(options),
        ["test"] => test::run(),
        ["build"] => build::all(build::Profile::Dev).map(drop),
        ["build", "--release"] => build::all(build::Profile::Release).map(drop),
        ["build", "--extension"] => build::extensions(build::Profile::Dev).map(drop),
        ["dist", options @ ..] => match dist::Options::read(options) {
            Ok(options) => dist::run(&options),
            Err(why) => return usage(&why),
        },
        ["tidy"] => tidy::run(),
        ["web-ext", command @ ("lint" | "build" | "run")] => setup::web_ext::run(command),
        ["capture", har] => capture::run(har),
        ["soak", options @ ..] => match soak::Options::read(options) {
            Ok(options) => soak::run(&options),
            Err(why) => return usage(&why),
        },
        [] | ["help" | "--help" | "-h"] => {
            print!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        [other, ..] => return usage(&format!("`{other}` with these options is no task")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => match error.downcast_ref::<setup::Cannot>() {
            Some(cannot) => {
                eprintln!("{cannot}");
                ExitCode::from(CANNOT)
            }
            None => {
                eprintln!("error: {error:#}");
                ExitCode::FAILURE
            }
        },
    }
}

fn usage(why: &str) -> ExitCode {
    eprintln!("error: {why}\n\n{USAGE}");
    ExitCode::from(CANNOT)
}
