//! The weights: one file, read where it lies.
//!
//! `PGLM`, version 1, number of heads, number of groups (u32); for each head the length of its topic's name, the name,
//! and four f32: what a weight of one means, bias, slope and offset; then the groups, each the marks of its four places
//! and their weights, an i8 for each head; then 8 bytes FNV-1a over all before. Numbers are in little endian.
//!
//! A feature's group and mark come from its hash. A feature the model does not know meets an empty place, or one with
//! another mark: it weighs nothing instead of what a neighbour does, but for about one in a hundred.

use shared_protocol::Topic;

use super::read::read;
use super::stretch::Weighed;

/// Most topics of a model.
pub const HEADS: usize = 4;

const MAGIC: &[u8] = b"PGLM\x01";

/// Places of a group.
const PLACES: usize = 4;

/// Most bytes of weights.
const MOST: usize = 4 * 1024 * 1024;

/// A model that cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// It is no file of ours, or of a version that is not known.
    #[error("this is no linear model of a version this build knows")]
    Foreign,
    /// It ends early, goes on too long, or its check sum is another.
    #[error("the linear model is damaged; put back the file of this release")]
    Damaged,
    /// A number or name in it makes no sense.
    #[error("the linear model's head {0} makes no sense; train it anew")]
    Head(u8),
}

/// What the weights of one topic mean.
#[derive(Clone, Debug, PartialEq)]
pub struct Head {
    /// The topic.
    pub topic: Topic,
    /// What a weight of one in the table means.
    pub scale: f32,
    /// What an empty text weighs.
    pub bias: f32,
    /// Steepness of the calibration.
    pub slope: f32,
    /// Its offset.
    pub offset: f32,
}

/// A model over the bytes of its file.
#[derive(Clone, Debug)]
pub struct Model<'a> {
    heads: Vec<Head>,
    /// A group after the other.
    groups: &'a [u8],
    /// How many there are.
    many: usize,
}

impl<'a> Model<'a> {
    /// Reads a model without copying its weights.
    ///
    /// # Errors
    /// When the bytes are not exactly one model.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, ModelError> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(ModelError::Foreign)?;
        let (signed, sum) = bytes.split_last_chunk::<8>().ok_or(ModelError::Damaged)?;
        if fnv(signed) != u64::from_le_bytes(*sum) {
            return Err(ModelError::Damaged);
        }
        let (&[count], rest) = rest.split_first_chunk().ok_or(ModelError::Damaged)?;
        let (groups, mut rest) = rest.split_first_chunk().ok_or(ModelError::Damaged)?;
        let groups = usize::try_from(u32::from_le_bytes(*groups)).unwrap_or(usize::MAX);
        if count == 0 || usize::from(count) > HEADS || groups == 0 || groups > MOST {
            return Err(ModelError::Foreign);
        }
        let mut heads = Vec::new();
        for number in 0..count {
            let head = head(&mut rest).ok_or(ModelError::Damaged)?;
            heads.push(head.ok_or(ModelError::Head(number))?);
        }
        let many = groups;
        let (groups, left) =
            rest.split_at_checked(many * group_size(heads.len())).ok_or(ModelError::Damaged)?;
        if left.len() != sum.len() {
            return Err(ModelError::Damaged);
        }
        Ok(Self { heads, groups, many })
    }

    /// Its topics.
    #[must_use]
    pub fn heads(&self) -> &[Head] {
        &self.heads
    }

    /// What a feature weighs, for each head.
    #[inline]
    fn weights(&self, hash: u32) -> [f32; HEADS] {
        // With the number of heads known to the compiler this is a handful of instructions.
        match self.heads.len() {
            1 => self.weights_of::<1>(hash),
            2 => self.weights_of::<2>(hash),
            3 => self.weights_of::<3>(hash),
            _ => self.weights_of::<HEADS>(hash),
        }
    }

    #[inline]
    fn weights_of<const COUNT: usize>(&self, hash: u32) -> [f32; HEADS] {
        let none = [0.0; HEADS];
        let (group, mark) = place(hash, self.many);
        let at = group * group_size(COUNT);
        let Some(group) = self.groups.get(at..at + group_size(COUNT)) else { return none };
        let Some((marks, bytes)) = group.split_first_chunk::<PLACES>() else { return none };
        // Where the mark stands, without a branch: which features are known cannot be foretold. The lowest byte that is
        // zero is found exactly (H. Warren, Hacker's Delight, 6-1).
        let apart = u32::from_le_bytes(*marks) ^ u32::from_le_bytes([mark; PLACES]);
        let same = apart.wrapping_sub(0x0101_0101) & !apart & 0x8080_8080;
        let at = usize::try_from(same.trailing_zeros() / 8).unwrap_or_default().min(PLACES - 1);
        let Some(bytes) = bytes.get(at * COUNT..).and_then(|bytes| bytes.first_chunk::<COUNT>()) else {
            return none;
        };
        let known = if same == 0 { 0 } else { u8::MAX };
        std::array::from_fn(|head| {
            bytes.get(head).map_or(0.0, |byte| f32::from((byte & known).cast_signed()))
        })
    }

    /// How much the strongest stretch of a plain text weighs, for each head.
    #[must_use]
    pub fn weigh(&self, plain: &str) -> [f32; HEADS] {
        let mut weighed = Weighed::new(plain.len(), |hash| self.weights(hash));
        read(plain, &mut weighed);
        let mut best = [f32::NEG_INFINITY; HEADS];
        for ((best, (weight, _)), head) in best.iter_mut().zip(weighed.best()).zip(&self.heads) {
            *best = weight * head.scale + head.bias;
        }
        best
    }

    /// Log odds for each weight that [`Model::weigh`] gave: medium begins at 0. Nothing to weigh is endlessly far below.
    #[must_use]
    pub fn odds(&self, weights: &[f32; HEADS]) -> [f32; HEADS] {
        let mut odds = [f32::NEG_INFINITY; HEADS];
        for ((odds, weight), head) in odds.iter_mut().zip(weights).zip(&self.heads) {
            if weight.is_finite() {
                *odds = weight * head.slope + head.offset;
            }
        }
        odds
    }

    /// 0 to 1 for each weight that [`Model::weigh`] gave; 0.2, 0.5 and 0.8 are where low, medium and high begin.
    #[must_use]
    pub fn scores(&self, weights: &[f32; HEADS]) -> [f32; HEADS] {
        self.odds(weights).map(super::chance)
    }

    /// The file of a model of `groups` groups. `features` are hashes with a weight for each head, the most important
    /// first; what finds no place is left out.
    #[must_use]
    pub fn file(heads: &[Head], groups: u32, features: &[(u32, Vec<i8>)]) -> Vec<u8> {
        let (count, size) = (heads.len(), group_size(heads.len()));
        let many = usize::try_from(groups).unwrap_or_default();
        let mut table = vec![0_u8; many * size];
        for (hash, weights) in features {
            let (group, mark) = place(*hash, many);
            let Some((marks, bytes)) =
                table.get_mut(group * size..(group + 1) * size).map(|group| group.split_at_mut(PLACES))
            else {
                continue;
            };
            // A mark that is taken belongs to a more important feature.
            let Some(at) = marks.iter().position(|other| *other == 0 || *other == mark) else { continue };
            let Some(free) = marks.get_mut(at).filter(|other| **other == 0) else { continue };
            *free = mark;
            for (byte, weight) in bytes.iter_mut().skip(at * count).zip(weights) {
                *byte = weight.cast_unsigned();
            }
        }
        let mut bytes = [MAGIC, &[u8::try_from(count).unwrap_or(u8::MAX)], &groups.to_le_bytes()].concat();
        for head in heads {
            let name = String::from(head.topic.clone());
            bytes.push(u8::try_from(name.len()).unwrap_or(u8::MAX));
            bytes.extend(name.bytes());
            for number in [head.scale, head.bias, head.slope, head.offset] {
                bytes.extend(number.to_le_bytes());
            }
        }
        bytes.extend(table);
        let sum = fnv(&bytes);
        bytes.extend(sum.to_le_bytes());
        bytes
    }
}

const fn group_size(heads: usize) -> usize {
    PLACES * (1 + heads)
}

/// The group of a feature and its mark in there, which is never 0.
fn place(hash: u32, groups: usize) -> (usize, u8) {
    let group = u64::from(hash).wrapping_mul(u64::try_from(groups).unwrap_or_default()) >> 32;
    let [mark, ..] = hash.to_le_bytes();
    (usize::try_from(group).unwrap_or_default(), mark.max(1))
}

/// A head at the beginning of `rest`: nothing where it ends early, nothing inside where it makes no sense.
fn head(rest: &mut &[u8]) -> Option<Option<Head>> {
    let (&length, after) = rest.split_first()?;
    let (name, after) = after.split_at_checked(usize::from(length))?;
    let (numbers, after) = after.split_first_chunk::<16>()?;
    *rest = after;
    let mut numbers = numbers.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes));
    let mut number = || numbers.next().filter(|number| number.is_finite());
    let read = || {
        let topic = Topic::try_from(String::from_utf8(name.to_vec()).ok()?).ok()?;
        let (scale, bias, slope, offset) = (number()?, number()?, number()?, number()?);
        (slope > 0.0 && scale >= 0.0).then_some(Head { topic, scale, bias, slope, offset })
    };
    let mut read = read;
    Some(read())
}

fn fnv(bytes: &[u8]) -> u64 {
    let step = |sum: u64, byte: &u8| (sum ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01B3);
    bytes.iter().fold(0xCBF2_9CE4_8422_2325, step)
}
