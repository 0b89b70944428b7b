//! Products of eight-bit numbers: what an encoder spends its time on.
//!
//! Weights and what comes in are whole numbers of eight bits, 32 in a row with one scale. Products and sums within 32 are exact;
//! then each is scaled and added as f32, in an order that is the same everywhere.
//!
//! INVARIANT: every [`Tile`] gives the same bits, so a text has the same score on every processor. The tests compare them.

mod portable;
#[cfg(target_arch = "x86_64")]
mod x86;

pub(super) use portable::Portable;

/// Numbers with one scale.
pub(super) const BLOCK: usize = 32;

/// Numbers that come out together.
pub(super) const OUT: usize = 16;

/// Rows that are read together.
pub(super) const ROWS: usize = 8;

/// What is added to a number that comes in, so that it has no sign.
const OFFSET: i32 = 128;

/// Weights of 16 numbers that come out, for 32 that come in.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
pub(super) struct Weights {
    /// Of each four that come in: four weights for each that comes out.
    bytes: [[i8; 4 * OUT]; BLOCK / 4],
    scales: [[f32; OUT / 2]; 2],
    /// What takes [`OFFSET`] out of the sum again.
    start: [[i32; OUT / 2]; 2],
}

/// 32 numbers of each of eight rows.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
pub(super) struct Inputs {
    bytes: [[u8; BLOCK]; ROWS],
    scales: [f32; ROWS],
}

/// The sums of a tile.
type Sums = [[f32; OUT]; ROWS];

/// How a tile is summed up on some kind of processor.
pub(super) trait Tile: Copy {
    /// The products of eight rows with the weights of 16 numbers, block by block.
    fn sum(self, weights: &[Weights], inputs: &[Inputs]) -> Sums;
}

/// Something to be done with a [`Tile`], as a function that the compiler can write for each kind of processor.
pub(super) trait Work {
    type Done;
    /// INVARIANT: to be inlined, with all that it calls, or it is not written for the processor that it runs on.
    fn with(self, tile: impl Tile) -> Self::Done;
}

/// The kinds of processors that code is written for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Processor {
    Portable,
    #[cfg(target_arch = "x86_64")]
    Avx2(x86::Avx2),
    #[cfg(target_arch = "x86_64")]
    AvxVnni(x86::AvxVnni),
    #[cfg(target_arch = "x86_64")]
    Avx512Vnni(x86::Avx512Vnni),
}

impl Processor {
    /// The best that this machine has.
    pub(super) fn best() -> Self {
        Self::all().pop().unwrap_or(Self::Portable)
    }

    /// All that this machine has, the best last.
    pub(super) fn all() -> Vec<Self> {
        std::iter::once(Self::Portable).chain(Self::special()).collect()
    }

    #[cfg(target_arch = "x86_64")]
    fn special() -> impl Iterator<Item = Self> {
        let narrow = x86::Avx2::detect().map(Self::Avx2).into_iter();
        let vnni = x86::AvxVnni::detect().map(Self::AvxVnni);
        narrow.chain(vnni).chain(x86::Avx512Vnni::detect().map(Self::Avx512Vnni))
    }

    #[cfg(not(target_arch = "x86_64"))]
    fn special() -> impl Iterator<Item = Self> {
        std::iter::empty()
    }

    pub(super) fn run<W: Work>(self, work: W) -> W::Done {
        match self {
            Self::Portable => work.with(Portable),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(tile) => tile.run(work),
            #[cfg(target_arch = "x86_64")]
            Self::AvxVnni(tile) => tile.run(work),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512Vnni(tile) => tile.run(work),
        }
    }
}

/// Rows of numbers, made into whole ones.
#[derive(Debug)]
pub(super) struct Rows {
    /// Tile by tile, block by block; a last tile is filled up with rows of zeros.
    blocks: Vec<Inputs>,
    count: usize,
}

impl Rows {
    /// `numbers` are rows of `width`, which is a multiple of 32.
    #[inline(always)]
    pub(super) fn of(numbers: &[f32], width: usize) -> Self {
        let (per_row, count) = (width / BLOCK, numbers.len() / width);
        let empty = Inputs { bytes: [[128; BLOCK]; ROWS], scales: [0.0; ROWS] };
        let mut blocks = vec![empty; per_row * count.div_ceil(ROWS)];
        for (tile, rows) in blocks.chunks_exact_mut(per_row).zip(numbers.chunks(width * ROWS)) {
            for (at, row) in rows.chunks_exact(width).enumerate() {
                for (block, numbers) in tile.iter_mut().zip(row.as_chunks::<BLOCK>().0) {
                    let (Some(bytes), Some(scale)) = (block.bytes.get_mut(at), block.scales.get_mut(at))
                    else {
                        continue;
                    };
                    *scale = whole(numbers, bytes);
                }
            }
        }
        Self { blocks, count }
    }
}

/// Makes numbers whole, 128 added, and says what one of them means.
#[inline(always)]
fn whole(numbers: &[f32; BLOCK], bytes: &mut [u8; BLOCK]) -> f32 {
    /// Added and taken away again it leaves the nearest whole number.
    const ROUND: f32 = 12_582_912.0;
    // Without their signs numbers are ordered as their bits are, which a processor compares side by side.
    let most = numbers.iter().fold(0, |most, number| number.abs().to_bits().max(most));
    let most = f32::from_bits(most);
    let scale = most / 127.0;
    let inverse = if most > 0.0 { 127.0 / most } else { 0.0 };
    for (byte, number) in bytes.iter_mut().zip(numbers) {
        // In the last bits of the sum stands the whole number, as two's complement.
        let rounded = (number * inverse + ROUND).to_bits();
        *byte = (rounded as u8).wrapping_add(128);
    }
    scale
}

/// A matrix of weights with what is added to each number that comes out.
#[derive(Debug)]
pub(super) struct Matrix {
    /// Sixteen numbers that come out after the other, block by block.
    blocks: Vec<Weights>,
    bias: Vec<f32>,
    /// Blocks of a row.
    per_row: usize,
}

impl Matrix {
    /// `rows` hold for each number that comes out, block by block, a scale and 32 weights.
    ///
    /// Nothing where they are not 16, 32, 48 ... rows of `per_row` blocks.
    pub(super) fn of(rows: &[(f32, [i8; BLOCK])], bias: Vec<f32>, per_row: usize) -> Option<Self> {
        if per_row == 0 || rows.len() != bias.len() * per_row || !bias.len().is_multiple_of(OUT) {
            return None;
        }
        let none = Weights {
            bytes: [[0; 4 * OUT]; BLOCK / 4],
            scales: [[0.0; OUT / 2]; 2],
            start: [[0; OUT / 2]; 2],
        };
        let mut blocks = vec![none; rows.len() / OUT];
        for (group, rows) in blocks.chunks_exact_mut(per_row).zip(rows.chunks_exact(per_row * OUT)) {
            for (at, row) in rows.chunks_exact(per_row).enumerate() {
                for (block, (scale, weights)) in group.iter_mut().zip(row) {
                    *block.scales.as_flattened_mut().get_mut(at)? = *scale;
                    *block.start.as_flattened_mut().get_mut(at)? =
                        -OFFSET * weights.iter().map(|weight| i32::from(*weight)).sum::<i32>();
                    for (to, four) in block.bytes.iter_mut().zip(weights.as_chunks::<4>().0) {
                        *to.as_chunks_mut::<4>().0.get_mut(at)? = *four;
                    }
                }
            }
        }
        Some(Self { blocks, bias, per_row })
    }

    /// How many numbers come out.
    pub(super) fn width(&self) -> usize {
        self.bias.len()
    }

    /// What comes out for each row.
    #[inline(always)]
    pub(super) fn times(&self, rows: &Rows, tile: impl Tile) -> Vec<f32> {
        let width = self.width();
        let mut out = vec![0.0; rows.count * width];
        let groups = self.blocks.chunks_exact(self.per_row).zip(self.bias.as_chunks::<OUT>().0);
        // Weights on the outside: those of 16 numbers stay in the cache next to the processor while all rows pass.
        for (at, (weights, bias)) in groups.enumerate() {
            let inputs = rows.blocks.chunks_exact(self.per_row);
            for (inputs, out) in inputs.zip(out.chunks_mut(width * ROWS)) {
                let sums = tile.sum(weights, inputs);
                for (row, sums) in out.chunks_exact_mut(width).zip(&sums) {
                    let Some(to) = row.as_chunks_mut::<OUT>().0.get_mut(at) else { continue };
                    for ((to, sum), bias) in to.iter_mut().zip(sums).zip(bias) {
                        *to = sum + bias;
                    }
                }
            }
        }
        out
    }
}

#[cfg(test)]
mod tests;
