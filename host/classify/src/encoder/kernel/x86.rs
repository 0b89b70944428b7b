//! The same with the instructions of processors by Intel and AMD.
//!
//! AVX2 is in those since about 2013, AVX-VNNI in Intel's since 2021, AVX-512 VNNI in AMD's since 2022 and in servers.

#![expect(
    unsafe_code,
    reason = "instructions that not every processor has, looked for before; tests compare all bits"
)]

use std::arch::x86_64::{
    __m256i, __m512i, _mm256_add_epi32, _mm256_add_ps, _mm256_and_si256, _mm256_cvtepi32_ps,
    _mm256_dpbusd_avx_epi32, _mm256_loadu_ps, _mm256_loadu_si256, _mm256_madd_epi16, _mm256_maddubs_epi16,
    _mm256_mul_ps, _mm256_set1_epi8, _mm256_set1_epi16, _mm256_set1_epi32, _mm256_set1_ps, _mm256_setzero_ps,
    _mm256_srli_epi16, _mm256_storeu_ps, _mm512_add_ps, _mm512_cvtepi32_ps, _mm512_dpbusd_epi32,
    _mm512_loadu_ps, _mm512_loadu_si512, _mm512_mul_ps, _mm512_set1_epi32, _mm512_set1_ps, _mm512_setzero_ps,
    _mm512_storeu_ps,
};

use super::{Inputs, OUT, ROWS, Sums, Tile, Weights, Work};

/// A kind of processor: found, run, and its tile.
macro_rules! processor {
    ($(#[$doc:meta])* $name:ident, $features:literal, [$($feature:tt),+], $sum:ident) => {
        $(#[$doc])*
        ///
        /// INVARIANT: made by `detect` alone, so whoever holds one runs on such a processor.
        #[derive(Clone, Copy, Debug)]
        pub(in crate::encoder) struct $name(());

        impl $name {
            pub(super) fn detect() -> Option<Self> {
                ($(is_x86_feature_detected!($feature))&&+).then_some(Self(()))
            }

            pub(super) fn run<W: Work>(self, work: W) -> W::Done {
                #[target_feature(enable = $features)]
                fn run<W: Work>(work: W, tile: $name) -> W::Done {
                    work.with(tile)
                }
                // SAFETY: `self` was made where the processor was found to have these instructions.
                unsafe { run(work, self) }
            }
        }

        impl Tile for $name {
            #[inline(always)]
            fn sum(self, weights: &[Weights], inputs: &[Inputs]) -> Sums {
                // SAFETY: `self` was made where the processor was found to have these instructions.
                unsafe { $sum(weights, inputs) }
            }
        }
    };
}

processor!(
    /// 256 bits at once, products through 16 bits.
    Avx2, "avx2", ["avx2"], sum_avx2
);
processor!(
    /// 256 bits at once, four products and their sum in one instruction.
    AvxVnni, "avx2,avxvnni", ["avx2", "avxvnni"], sum_avx_vnni
);
processor!(
    /// 512 bits at once, four products and their sum in one instruction.
    Avx512Vnni, "avx2,avx512f,avx512bw,avx512vl,avx512dq,avx512vnni",
    ["avx2", "avx512f", "avx512bw", "avx512vl", "avx512dq", "avx512vnni"], sum_avx512
);

#[target_feature(enable = "avx512f,avx512vnni")]
fn sum_avx512(weights: &[Weights], inputs: &[Inputs]) -> Sums {
    let mut sums = [_mm512_setzero_ps(); ROWS];
    for (weights, inputs) in weights.iter().zip(inputs) {
        // SAFETY: twice eight numbers of 32 bits, which need not lie anywhere special.
        let start = unsafe { _mm512_loadu_si512(weights.start.as_flattened().as_ptr().cast()) };
        // SAFETY: as above.
        let of_weights = unsafe { _mm512_loadu_ps(weights.scales.as_flattened().as_ptr()) };
        let mut whole: [__m512i; ROWS] = [start; ROWS];
        for (at, weights) in weights.bytes.iter().enumerate() {
            // SAFETY: a reference to 64 bytes.
            let weights = unsafe { _mm512_loadu_si512(weights.as_ptr().cast()) };
            for (whole, bytes) in whole.iter_mut().zip(&inputs.bytes) {
                *whole = _mm512_dpbusd_epi32(*whole, _mm512_set1_epi32(four(bytes, at)), weights);
            }
        }
        for ((sum, whole), scale) in sums.iter_mut().zip(whole).zip(inputs.scales) {
            let scale = _mm512_mul_ps(of_weights, _mm512_set1_ps(scale));
            *sum = _mm512_add_ps(*sum, _mm512_mul_ps(_mm512_cvtepi32_ps(whole), scale));
        }
    }
    let mut out = [[0.0; OUT]; ROWS];
    for (out, sum) in out.iter_mut().zip(sums) {
        // SAFETY: a reference to 16 numbers of 32 bits.
        unsafe { _mm512_storeu_ps(out.as_mut_ptr(), sum) };
    }
    out
}

/// Four bytes of a row as one number.
#[inline(always)]
fn four(bytes: &[u8; super::BLOCK], at: usize) -> i32 {
    bytes.as_chunks::<4>().0.get(at).map_or(0, |four| i32::from_le_bytes(*four))
}

/// The two forms with 256 bits: eight numbers that come out at a time.
macro_rules! sum_256 {
    ($name:ident, $features:literal, $dot:ident) => {
        #[target_feature(enable = $features)]
        fn $name(weights: &[Weights], inputs: &[Inputs]) -> Sums {
            let mut out = [[0.0; OUT]; ROWS];
            for half in 0..2 {
                let mut sums = [_mm256_setzero_ps(); ROWS];
                for (weights, inputs) in weights.iter().zip(inputs) {
                    let Some((start, of_weights)) = weights.start.get(half).zip(weights.scales.get(half))
                    else {
                        continue;
                    };
                    // SAFETY: a reference to eight numbers of 32 bits, which need not lie anywhere special.
                    let start = unsafe { _mm256_loadu_si256(start.as_ptr().cast()) };
                    // SAFETY: as above.
                    let of_weights = unsafe { _mm256_loadu_ps(of_weights.as_ptr()) };
                    let mut whole: [__m256i; ROWS] = [start; ROWS];
                    for (at, weights) in weights.bytes.iter().enumerate() {
                        let Some(weights) = weights.as_chunks::<32>().0.get(half) else { continue };
                        // SAFETY: a reference to 32 bytes.
                        let weights = unsafe { _mm256_loadu_si256(weights.as_ptr().cast()) };
                        for (whole, bytes) in whole.iter_mut().zip(&inputs.bytes) {
                            *whole = $dot(*whole, _mm256_set1_epi32(four(bytes, at)), weights);
                        }
                    }
                    for ((sum, whole), scale) in sums.iter_mut().zip(whole).zip(inputs.scales) {
                        let scale = _mm256_mul_ps(of_weights, _mm256_set1_ps(scale));
                        *sum = _mm256_add_ps(*sum, _mm256_mul_ps(_mm256_cvtepi32_ps(whole), scale));
                    }
                }
                for (out, sum) in out.iter_mut().zip(sums) {
                    let Some(out) = out.as_chunks_mut::<8>().0.get_mut(half) else { continue };
                    // SAFETY: a reference to eight numbers of 32 bits.
                    unsafe { _mm256_storeu_ps(out.as_mut_ptr(), sum) };
                }
            }
            out
        }
    };
}

sum_256!(sum_avx_vnni, "avx2,avxvnni", _mm256_dpbusd_avx_epi32);
sum_256!(sum_avx2, "avx2", dot_avx2);

/// Adds four products to each sum, exactly: two products of eight bits with all of them do not fit into 16, so a byte is taken as
/// twice its upper seven bits and its last bit.
#[target_feature(enable = "avx2")]
fn dot_avx2(sum: __m256i, bytes: __m256i, weights: __m256i) -> __m256i {
    let last = _mm256_and_si256(bytes, _mm256_set1_epi8(1));
    let upper = _mm256_and_si256(_mm256_srli_epi16(bytes, 1), _mm256_set1_epi8(0x7F));
    let upper = _mm256_madd_epi16(_mm256_maddubs_epi16(upper, weights), _mm256_set1_epi16(2));
    let last = _mm256_madd_epi16(_mm256_maddubs_epi16(last, weights), _mm256_set1_epi16(1));
    _mm256_add_epi32(sum, _mm256_add_epi32(upper, last))
}
