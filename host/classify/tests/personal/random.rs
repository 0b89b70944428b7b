//! Numbers that look random and are the same in every run: SplitMix64.

/// A stream of numbers.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// From `from` to `to`, both included.
    pub(crate) fn between(&mut self, from: u32, to: u32) -> u32 {
        from + u32::try_from(self.next() % u64::from(to - from + 1)).unwrap()
    }

    pub(crate) fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.between(0, u32::try_from(of.len()).unwrap() - 1) as usize]
    }

    pub(crate) fn sign(&mut self, of: &str) -> char {
        self.one(&of.chars().collect::<Vec<_>>())
    }

    /// So many digits.
    pub(crate) fn digits(&mut self, count: usize) -> String {
        (0..count).map(|_| self.sign("0123456789")).collect()
    }

    /// Year, month and day of somebody's birth.
    pub(crate) fn birth(&mut self) -> (u32, u32, u32) {
        (self.between(1935, 2008), self.between(1, 12), self.between(1, 28))
    }
}
