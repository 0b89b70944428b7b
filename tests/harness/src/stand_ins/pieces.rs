//! A reply's body that comes in small pieces, cut where a network might cut: anywhere, also inside a character.
//!
//! The cuts follow from the content alone, so a run can be repeated.

use hyper::body::{Body, Bytes, Frame, SizeHint};
use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::time::{Interval, MissedTickBehavior, interval};

/// The pace at which pieces leave: fast, but slow enough that a browser sees most of them apart.
const PACE: Duration = Duration::from_millis(2);

/// The most bytes in one piece.
const LONGEST: u64 = 90;

/// Where the time of its writing goes in a piece of a paced answer.
pub(crate) const WRITTEN_AT: &str = "@written-at@";

/// The pieces that are still to be sent.
pub(crate) struct Pieces {
    queue: VecDeque<Bytes>,
    interval: Option<Interval>,
    pace: Duration,
    timed: bool,
}

impl Pieces {
    /// Cuts `bytes`.
    pub(crate) fn cut(bytes: &[u8]) -> Pieces {
        let mut dice = Dice::new(bytes);
        let mut queue = VecDeque::new();
        let mut rest = bytes;
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(dice.roll(LONGEST).min(rest.len()));
            queue.push_back(Bytes::copy_from_slice(piece));
            rest = after;
        }
        Pieces { queue, interval: None, pace: PACE, timed: false }
    }

    /// These pieces at this pace, each told when it was written.
    pub(crate) fn paced(pieces: impl IntoIterator<Item = String>, pace: Duration) -> Pieces {
        let queue = pieces.into_iter().map(Bytes::from).collect();
        Pieces { queue, interval: None, pace, timed: true }
    }
}

/// Milliseconds since 1970, to the microsecond, where [`WRITTEN_AT`] stands.
fn tell_time(piece: &Bytes) -> Bytes {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let now = format!("{}.{:03}", now.as_millis(), now.as_micros() % 1000);
    Bytes::from(String::from_utf8_lossy(piece).replace(WRITTEN_AT, &now))
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let this = self.get_mut();
        let pace = this.interval.get_or_insert_with(|| {
            let mut pace = interval(this.pace);
            pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
            pace
        });
        ready!(pace.poll_tick(cx));
        let piece = this.queue.pop_front();
        let piece = piece.map(|piece| if this.timed { tell_time(&piece) } else { piece });
        Poll::Ready(piece.map(|piece| Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.queue.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::default()
    }
}

/// Numbers that look random and follow from a seed.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: &[u8]) -> Dice {
        let fold = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        Dice(seed.iter().fold(0xcbf2_9ce4_8422_2325, fold) | 1)
    }

    /// A number from 1 to `most`.
    pub(crate) fn roll(&mut self, most: u64) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % most) as usize + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paced_piece_tells_when_it_was_written() {
        let now = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs_f64() * 1000.0;
        let before = now();
        let told = tell_time(&Bytes::from(format!("at {WRITTEN_AT} it says")));
        let told = std::str::from_utf8(&told).unwrap();
        let written: f64 = told.split(' ').nth(1).unwrap().parse().unwrap();
        // The clock's last digits do not fit into the number.
        assert!(before - 0.01 <= written && written <= now() + 0.01, "{told}");
        assert_eq!(tell_time(&Bytes::from_static(b"no mark")), "no mark");
    }
}
