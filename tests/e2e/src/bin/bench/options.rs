//! What is asked for on the command line.

use tests_harness::Browser;

/// How it is called.
pub const USAGE: &str = "\
usage: bench [--browser chromium|firefox|both] [--only NAME]... [--n N] [--json]
NAME: send, asleep, host-start, stream, load, memory, transport, push";

/// One kind of measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Added at Send, cold and previewed, by length.
    Send,
    /// The same where the background sleeps and no host runs.
    Asleep,
    /// The same where the background is awake and no host runs.
    HostStart,
    /// Added to each piece of a streamed answer.
    Stream,
    /// Loading a page.
    Load,
    /// Memory of extension and host.
    Memory,
    /// The host alone over its wire.
    Transport,
    /// From a push to its effect.
    Push,
}

impl Measure {
    /// All of them, in the order in which they are taken.
    pub const ALL: [Self; 8] = [
        Self::Transport,
        Self::Push,
        Self::Send,
        Self::Stream,
        Self::Load,
        Self::Asleep,
        Self::HostStart,
        Self::Memory,
    ];

    /// Its name on the command line.
    pub fn id(self) -> &'static str {
        match self {
            Self::Send => "send",
            Self::Asleep => "asleep",
            Self::HostStart => "host-start",
            Self::Stream => "stream",
            Self::Load => "load",
            Self::Memory => "memory",
            Self::Transport => "transport",
            Self::Push => "push",
        }
    }

    /// How many samples are taken unless told otherwise.
    fn usual(self) -> usize {
        match self {
            Self::Send => 500,
            Self::Asleep | Self::HostStart => 30,
            Self::Push => 50,
            Self::Stream => 2_000,
            Self::Load => 100,
            Self::Memory | Self::Transport => 1_000,
        }
    }
}

/// What to measure, where, how often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// In these browsers.
    pub browsers: Vec<Browser>,
    /// Only these measures.
    pub measures: Vec<Measure>,
    /// This many samples of each, instead of the usual number.
    pub n: Option<usize>,
    /// One JSON object on stdout.
    pub json: bool,
}

impl Options {
    /// Reads the words; an error says what is wanted.
    pub fn read(words: &[&str]) -> Result<Self, String> {
        let mut options =
            Self { browsers: Browser::ALL.to_vec(), measures: Vec::new(), n: None, json: false };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            match *word {
                "--json" => options.json = true,
                "--browser" => options.browsers = browsers(words.next().copied())?,
                "--only" => {
                    let name = words.next().copied().unwrap_or_default();
                    let found = Measure::ALL.into_iter().find(|measure| measure.id() == name);
                    options.measures.push(found.ok_or_else(|| format!("`{name}` is no measure"))?);
                }
                "--n" => {
                    let n = words.next().and_then(|n| n.parse().ok()).filter(|n| *n > 0);
                    options.n = Some(n.ok_or("--n wants a whole number from 1")?);
                }
                other => return Err(format!("`{other}` is no option")),
            }
        }
        if options.measures.is_empty() {
            options.measures = Measure::ALL.to_vec();
        }
        Ok(options)
    }

    /// Whether this is to be measured.
    pub fn wants(&self, measure: Measure) -> bool {
        self.measures.contains(&measure)
    }

    /// How many samples of it.
    pub fn n(&self, measure: Measure) -> usize {
        self.n.unwrap_or_else(|| measure.usual())
    }
}

fn browsers(word: Option<&str>) -> Result<Vec<Browser>, String> {
    match word {
        Some("chromium") => Ok(vec![Browser::Chromium]),
        Some("firefox") => Ok(vec![Browser::Firefox]),
        Some("both") => Ok(Browser::ALL.to_vec()),
        other => Err(format!("`{}` is no browser: chromium, firefox or both", other.unwrap_or_default())),
    }
}

#[cfg(test)]
mod tests {
    use super::{Measure, Options};
    use tests_harness::Browser;

    #[test]
    fn the_usual() {
        let options = Options::read(&[]).unwrap();
        assert_eq!(options.browsers, Browser::ALL);
        assert!(Measure::ALL.into_iter().all(|measure| options.wants(measure)));
        assert_eq!((options.n(Measure::Send), options.n(Measure::Asleep), options.json), (500, 30, false));
    }

    #[test]
    fn only_some() {
        let words = ["--only", "send", "--only", "load", "--n", "7", "--browser", "firefox", "--json"];
        let options = Options::read(&words).unwrap();
        assert!(options.wants(Measure::Send) && options.wants(Measure::Load));
        assert!(!options.wants(Measure::Transport));
        assert_eq!((options.n(Measure::Load), options.json), (7, true));
        assert_eq!(options.browsers, [Browser::Firefox]);
    }

    #[test]
    fn what_is_wrong_is_said() {
        let words: [&[&str]; 5] =
            [&["--n", "0"], &["--n"], &["--only", "sends"], &["--browser", "lynx"], &["fast"]];
        for words in words {
            assert!(Options::read(words).is_err(), "{words:?}");
        }
    }
}
