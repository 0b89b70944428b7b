//! LibAFL, put together for one target in one process: coverage by edges, and comparisons that teach the mutations
//! what the target looks for.
//!
//! INVARIANT: an input is judged by the target and by nothing else but its time and memory. The coverage is that of
//! the crates which xtask instruments, never the engine's own.

use std::collections::BTreeSet;
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use libafl::corpus::{Corpus, InMemoryCorpus, OnDiskCorpus};
use libafl::events::SimpleEventManager;
use libafl::executors::{ExitKind, InProcessExecutor};
use libafl::feedbacks::{CrashFeedback, MapFeedbackMetadata, MaxMapFeedback, TimeoutFeedback};
use libafl::inputs::{BytesInput, HasTargetBytes as _};
use libafl::monitors::NopMonitor;
use libafl::mutators::{HavocScheduledMutator, I2SRandReplace, Tokens, havoc_mutations, tokens_mutations};
use libafl::observers::{CanTrack as _, HitcountsMapObserver, StdMapObserver};
use libafl::schedulers::{IndexesLenTimeMinimizerScheduler, QueueScheduler};
use libafl::stages::{StdMutationalStage, TracingStage};
use libafl::state::{HasCorpus as _, HasExecutions as _, HasMaxSize as _, HasSolutions as _, StdState};
use libafl::{
    Error, Evaluator as _, Fuzzer as _, HasMetadata as _, HasNamedMetadata as _, StdFuzzer, feedback_or_fast,
};
use libafl_bolts::rands::StdRand;
use libafl_bolts::tuples::{Merge as _, tuple_list};
use libafl_bolts::{ToSlice as _, current_nanos};
use libafl_targets::{CmpLogObserver, counters_maps_ptr};
use tests_corpus::Target;

use crate::memory;

/// Most bytes of an input that the engine makes. Seeds may be longer.
const LONGEST: usize = 32 * 1024;
/// What a run may take of memory for each byte of the input.
const MEMORY: usize = 4096;
/// How often numbers are printed.
const TELL: Duration = Duration::from_secs(10);
/// The coverage's name in the engine's state.
const EDGES: &str = "edges";
/// Most words of the seeds that mutations may put in.
const WORDS: usize = 1000;

type State = StdState<InMemoryCorpus<BytesInput>, BytesInput, StdRand, OnDiskCorpus<BytesInput>>;

/// A target and its time.
pub struct Campaign {
    pub target: &'static Target,
    pub time: Duration,
    /// Where finds go.
    pub artifacts: PathBuf,
    /// Where the inputs that reached something new go.
    pub corpus: PathBuf,
}

impl Campaign {
    /// Runs it; how much was found.
    pub fn run(&self, begin: &[Vec<u8>]) -> Result<usize, Error> {
        // SAFETY: the maps are filled in before `main` and live as long as the program.
        let mut maps: Vec<(*mut u8, usize)> = unsafe { &*counters_maps_ptr() }
            .iter()
            .map(|map| (map.to_slice().as_ptr().cast_mut(), map.to_slice().len()))
            .collect();
        let (Some((counters, count)), true) = (maps.pop(), maps.is_empty()) else {
            return Err(Error::illegal_state(
                "built without coverage: start it by `cargo xtask soak --fuzz`",
            ));
        };
        // SAFETY: as above; nobody else in this process reads or writes them.
        let edges = unsafe { StdMapObserver::from_mut_ptr(EDGES, counters, count) };
        let edges = HitcountsMapObserver::new(edges).track_indices();
        let mut feedback = MaxMapFeedback::new(&edges);
        let mut objective = feedback_or_fast!(CrashFeedback::new(), TimeoutFeedback::new());
        let mut state: State = StdState::new(
            StdRand::with_seed(current_nanos()),
            InMemoryCorpus::<BytesInput>::new(),
            OnDiskCorpus::no_meta(&self.artifacts)?,
            &mut feedback,
            &mut objective,
        )?;
        state.set_max_size(LONGEST);
        state.add_metadata(words(begin));
        let scheduler = IndexesLenTimeMinimizerScheduler::new(&edges, QueueScheduler::new());
        let mut fuzzer = StdFuzzer::new(scheduler, feedback, objective);
        let mut manager = SimpleEventManager::new(NopMonitor::new());
        // What a target sets up once is no matter of one input.
        begin.iter().take(1).for_each(|seed| (self.target.run)(seed));

        let mut judged = |input: &BytesInput| self.judge(input);
        let mut executor = InProcessExecutor::builder()
            .timeout(Duration::from_secs(self.target.seconds))
            .harness(&mut judged)
            .observers(tuple_list!(edges))
            .fuzzer(&mut fuzzer)
            .state(&mut state)
            .event_mgr(&mut manager)
            .build()?;
        let mut traced = |input: &BytesInput| self.judge(input);
        let tracer = InProcessExecutor::builder()
            .timeout(Duration::from_secs(self.target.seconds))
            .harness(&mut traced)
            .observers(tuple_list!(CmpLogObserver::new("comparisons", true)))
            .fuzzer(&mut fuzzer)
            .state(&mut state)
            .event_mgr(&mut manager)
            .build()?;
        // The engine's own hook ends the process; a panic is a find like any other and is told with the rest.
        std::panic::set_hook(Box::new(|panic| eprintln!("{panic}")));

        let started = Instant::now();
        for seed in begin {
            fuzzer.evaluate_input(&mut state, &mut executor, &mut manager, &BytesInput::new(seed.clone()))?;
        }
        let mut stages = tuple_list!(
            TracingStage::new(tracer),
            StdMutationalStage::new(HavocScheduledMutator::new(tuple_list!(I2SRandReplace::new()))),
            StdMutationalStage::new(HavocScheduledMutator::new(havoc_mutations().merge(tokens_mutations()))),
        );
        let mut told = Instant::now();
        while started.elapsed() < self.time && state.solutions().count() == 0 {
            fuzzer.fuzz_one(&mut stages, &mut executor, &mut state, &mut manager)?;
            if told.elapsed() > TELL {
                told = Instant::now();
                tell(&state, started);
            }
        }
        tell(&state, started);
        self.keep(&state)?;
        Ok(state.solutions().count())
    }

    /// Leaves the corpus for the next campaign, each input under the hash of its bytes.
    fn keep(&self, state: &State) -> Result<(), Error> {
        fs::create_dir_all(&self.corpus)?;
        for id in state.corpus().ids() {
            let input = state.corpus().cloned_input_for_id(id)?;
            let bytes = input.target_bytes();
            let mut hash = DefaultHasher::new();
            bytes.to_slice().hash(&mut hash);
            fs::write(self.corpus.join(format!("{:016x}", hash.finish())), bytes.to_slice())?;
        }
        Ok(())
    }

    /// One run: a panic, and more memory than the bytes warrant, are finds.
    fn judge(&self, input: &BytesInput) -> ExitKind {
        let bytes = input.target_bytes();
        let bytes = bytes.to_slice();
        let mut kept = true;
        let most = memory::most(|| {
            kept = catch_unwind(AssertUnwindSafe(|| (self.target.run)(bytes))).is_ok();
        });
        if most > self.target.memory + MEMORY * bytes.len() {
            eprintln!("{} bytes took {most} bytes of memory", bytes.len());
            return ExitKind::Crash;
        }
        if kept { ExitKind::Ok } else { ExitKind::Crash }
    }
}

/// A line of numbers, as JSON.
fn tell(state: &State, started: Instant) {
    let map = state.named_metadata_map().get::<MapFeedbackMetadata<u8>>(EDGES);
    println!(
        r#"{{"seconds":{},"executions":{},"corpus":{},"edges":{},"finds":{}}}"#,
        started.elapsed().as_secs(),
        state.executions(),
        state.corpus().count(),
        map.map_or(0, |map| map.num_covered_map_indexes),
        state.solutions().count(),
    );
}

/// The words of the seeds, for mutations to put in.
fn words(begin: &[Vec<u8>]) -> Tokens {
    let all: BTreeSet<Vec<u8>> = begin
        .iter()
        .flat_map(|seed| seed.split(|byte| !byte.is_ascii_alphanumeric() && !b"_-/.".contains(byte)))
        .filter(|word| (2..=32).contains(&word.len()))
        .map(<[u8]>::to_vec)
        .collect();
    let mut tokens = Tokens::new();
    // Spread over the alphabet when there are too many.
    let step = all.len() / WORDS + 1;
    tokens.add_tokens(all.iter().step_by(step));
    tokens
}
