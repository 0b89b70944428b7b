//! A set of hashes, written closely: how many begin with each prefix, then what follows the prefix, sorted.
//!
//! ```text
//! count: u32 | width: u8 (1 or 2) | for each of 256^width prefixes a number in LEB128 | count x (6 - width) bytes
//! ```
//! INVARIANT: one set has one writing: sorted without doubles, numbers in their shortest form. Any other is refused.

use super::key::{HASH, Hash};

/// From here on prefixes have two bytes.
const MANY: usize = 4_096;

/// A set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Set {
    width: usize,
    /// Where each prefix begins; one more than there are prefixes.
    begins: Vec<u32>,
    rests: Vec<u8>,
}

impl Set {
    /// Of hashes in any order.
    pub(crate) fn of(mut hashes: Vec<Hash>) -> Self {
        hashes.sort_unstable();
        hashes.dedup();
        let width = if hashes.len() < MANY { 1 } else { 2 };
        let mut begins = Vec::with_capacity(prefixes(width) + 1);
        let mut rests = Vec::with_capacity(hashes.len() * (HASH - width));
        let mut at = 0;
        for hash in &hashes {
            let (prefix, rest) = split(hash, width);
            while begins.len() <= prefix {
                begins.push(at);
            }
            rests.extend_from_slice(rest);
            at += 1;
        }
        begins.resize(prefixes(width) + 1, at);
        Self { width, begins, rests }
    }

    pub(crate) fn len(&self) -> usize {
        self.rests.len() / (HASH - self.width)
    }

    pub(crate) fn contains(&self, hash: &Hash) -> bool {
        self.place(hash).is_some()
    }

    /// Its place in the order of hashes.
    pub(crate) fn place(&self, hash: &Hash) -> Option<usize> {
        let (prefix, rest) = split(hash, self.width);
        let size = HASH - self.width;
        let begin = usize::try_from(*self.begins.get(prefix)?).ok()?;
        let end = usize::try_from(*self.begins.get(prefix + 1)?).ok()?;
        let bucket = self.rests.get(begin * size..end * size)?;
        let (mut low, mut high) = (0, end - begin);
        while low < high {
            let middle = (low + high) / 2;
            let there = bucket.get(middle * size..(middle + 1) * size)?;
            match there.cmp(rest) {
                std::cmp::Ordering::Equal => return Some(begin + middle),
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        None
    }

    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&u32::try_from(self.len()).unwrap_or(u32::MAX).to_le_bytes());
        out.push(u8::try_from(self.width).unwrap_or_default());
        for pair in self.begins.windows(2) {
            if let [begin, end] = pair {
                leb128(end - begin, out);
            }
        }
        out.extend_from_slice(&self.rests);
    }

    /// Reads one of at most `most` hashes from the front of `bytes`.
    pub(crate) fn read(bytes: &mut &[u8], most: usize) -> Option<Self> {
        let count = usize::try_from(u32::from_le_bytes(take(bytes, 4)?.try_into().ok()?)).ok()?;
        let width = match take(bytes, 1)? {
            [1] if count < MANY => 1,
            [2] if count >= MANY => 2,
            _ => return None,
        };
        if count > most {
            return None;
        }
        let mut begins = Vec::with_capacity(prefixes(width) + 1);
        let mut at = 0_u32;
        for _ in 0..prefixes(width) {
            begins.push(at);
            at = at.checked_add(number(bytes)?)?;
        }
        begins.push(at);
        if usize::try_from(at).ok()? != count {
            return None;
        }
        let size = HASH - width;
        let set = Self { width, begins, rests: take(bytes, count * size)?.to_vec() };
        set.is_sorted().then_some(set)
    }

    fn is_sorted(&self) -> bool {
        let size = HASH - self.width;
        let sorted = |pair: &[u32]| {
            let [begin, end] = pair else { return false };
            let (Ok(begin), Ok(end)) = (usize::try_from(*begin), usize::try_from(*end)) else { return false };
            let Some(bucket) = self.rests.get(begin * size..end * size) else { return false };
            let next = bucket.chunks_exact(size).skip(1);
            bucket.chunks_exact(size).zip(next).all(|(one, other)| one < other)
        };
        self.begins.windows(2).all(sorted)
    }
}

fn prefixes(width: usize) -> usize {
    if width == 1 { 256 } else { 65_536 }
}

fn split(hash: &Hash, width: usize) -> (usize, &[u8]) {
    let [first, second, ..] = *hash;
    let prefix = if width == 1 { usize::from(first) } else { usize::from(first) << 8 | usize::from(second) };
    (prefix, hash.get(width..).unwrap_or_default())
}

/// The next `count` bytes.
pub(crate) fn take<'a>(bytes: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (taken, rest) = bytes.split_at_checked(count)?;
    *bytes = rest;
    Some(taken)
}

fn leb128(mut number: u32, out: &mut Vec<u8>) {
    loop {
        let low = u8::try_from(number & 0x7F).unwrap_or_default();
        number >>= 7;
        if number == 0 {
            out.push(low);
            return;
        }
        out.push(low | 0x80);
    }
}

fn number(bytes: &mut &[u8]) -> Option<u32> {
    let mut number = 0_u32;
    for shift in [0, 7, 14, 21] {
        let [byte] = *take(bytes, 1)? else { return None };
        number |= u32::from(byte & 0x7F) << shift;
        if byte & 0x80 == 0 {
            // A last group of zeros would be a second writing of the same number.
            return (byte != 0 || shift == 0).then_some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Hash, Set};

    fn hashes(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Hash>> {
        prop::collection::vec(any::<Hash>(), count)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn what_is_written_is_read(members in hashes(0..6_000), others in hashes(0..50)) {
            let set = Set::of(members.clone());
            let mut bytes = Vec::new();
            set.write(&mut bytes);
            let mut rest = bytes.as_slice();
            let read = Set::read(&mut rest, members.len()).unwrap();
            prop_assert!(rest.is_empty());
            prop_assert_eq!(&read, &set);
            for (place, member) in members.iter().enumerate() {
                prop_assert!(read.contains(member), "{}", place);
            }
            for other in &others {
                prop_assert_eq!(read.contains(other), members.contains(other));
            }
            prop_assert!(members.is_empty() || Set::read(&mut bytes.as_slice(), set.len() - 1).is_none());
        }

        #[test]
        fn what_is_read_is_written_the_same(bytes in prop::collection::vec(0_u8..4, 0..400)) {
            let mut rest = bytes.as_slice();
            if let Some(set) = Set::read(&mut rest, 1_000) {
                let mut again = Vec::new();
                set.write(&mut again);
                again.extend_from_slice(rest);
                prop_assert_eq!(again, bytes);
            }
        }
    }
}
