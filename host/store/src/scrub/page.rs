//! Where in a page of the file nothing stands: SQLite's file format, sections 1.5, 1.6 and 1.8
//! (<https://www.sqlite.org/fileformat2.html>). Pure.

use std::ops::Range;

/// What a page is, by the file's pointer map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// A root or another page of a table or an index.
    Tree,
    /// Unused, or the rest of a value that did not fit its page: nothing of these is left over when they are used anew,
    /// since `secure_delete` fills them with zeros when they are given up.
    Other,
}

/// How the pages of a file are laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    size: usize,
    usable: usize,
}

/// The byte at which SQLite locks: the page with it holds nothing.
const LOCK: usize = 0x4000_0000;

impl Layout {
    /// As page 1 says; `None` of a file without a pointer map, whose pages cannot be told apart.
    pub(super) fn of(first: &[u8]) -> Option<Self> {
        let size = match be16(first, 16)? {
            1 => 65_536,
            size => size,
        };
        let mapped = first.get(52..56)?.iter().any(|byte| *byte != 0);
        let usable = size.checked_sub(usize::from(*first.get(20)?))?;
        (mapped && size == first.len() && usable >= 480).then_some(Self { size, usable })
    }

    /// Pages that one page of the pointer map tells of.
    fn told(self) -> u32 {
        u32::try_from(self.usable / 5).unwrap_or(u32::MAX)
    }

    fn lock(self) -> u32 {
        u32::try_from(LOCK / self.size).map_or(u32::MAX, |page| page + 1)
    }

    /// The page of the map that tells of `page`, from 3 on, or is `page`.
    pub(super) fn map_of(self, page: u32) -> u32 {
        let each = self.told() + 1;
        let map = page.saturating_sub(2) / each * each + 2;
        if map == self.lock() { map + 1 } else { map }
    }

    /// What `page` is, from page 3 on, as `map` says, which is [`Self::map_of`] it.
    pub(super) fn role(self, map: &[u8], page: u32) -> Role {
        let told = page.checked_sub(self.map_of(page) + 1).and_then(|place| usize::try_from(place).ok());
        let kind = told.and_then(|place| map.get(place * 5)).copied();
        // 1: the root of a table or an index; 5: another page of one. 2 to 4: free, or an overflow.
        match kind {
            Some(1 | 5) if page != self.lock() => Role::Tree,
            _ => Role::Other,
        }
    }

    /// The unused ranges of a page of a table or an index, in no order; `None` of one that is not as SQLite makes them.
    pub(super) fn unused(self, page: &[u8], number: u32) -> Option<Vec<Range<usize>>> {
        let head = if number == 1 { 100 } else { 0 };
        let header = match *page.get(head)? {
            2 | 5 => 12,
            10 | 13 => 8,
            _ => return None,
        };
        let cells = be16(page, head + 3)?;
        let content = match be16(page, head + 5)? {
            0 => 65_536,
            content => content,
        };
        let pointers = head + header + 2 * cells;
        if page.len() != self.size || content < pointers || content > self.usable {
            return None;
        }
        let mut unused = vec![pointers..content];
        // Given-up cells, a list in rising order: next, size, and then what nobody reads.
        let (mut block, mut after) = (be16(page, head + 1)?, content);
        while block != 0 {
            let size = be16(page, block + 2)?;
            if block < after || size < 4 || block + size > self.usable {
                return None;
            }
            unused.push(block + 4..block + size);
            after = block + size;
            block = be16(page, block)?;
        }
        Some(unused)
    }
}

fn be16(bytes: &[u8], at: usize) -> Option<usize> {
    let two: [u8; 2] = bytes.get(at..at + 2)?.try_into().ok()?;
    Some(usize::from(u16::from_be_bytes(two)))
}

/// The page with zeros where nothing stands; `None` where it is so already, or cannot be read.
pub(super) fn cleaned(layout: Layout, page: &[u8], number: u32) -> Option<Vec<u8>> {
    let unused = layout.unused(page, number)?;
    let dirty =
        |range: &Range<usize>| page.get(range.clone()).is_some_and(|some| some.iter().any(|byte| *byte != 0));
    if !unused.iter().any(dirty) {
        return None;
    }
    let mut clean = page.to_vec();
    for range in unused {
        clean.get_mut(range)?.fill(0);
    }
    Some(clean)
}

#[cfg(test)]
mod tests;
