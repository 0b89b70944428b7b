//! The same on any processor, and what the others are compared with.

use super::{Inputs, OUT, ROWS, Sums, Tile, Weights};

/// Written for no processor.
#[derive(Clone, Copy, Debug)]
pub(in crate::encoder) struct Portable;

impl Tile for Portable {
    #[inline(always)]
    fn sum(self, weights: &[Weights], inputs: &[Inputs]) -> Sums {
        let mut sums = [[0.0; OUT]; ROWS];
        for (weights, inputs) in weights.iter().zip(inputs) {
            for ((sums, bytes), scale) in sums.iter_mut().zip(&inputs.bytes).zip(inputs.scales) {
                let mut whole = weights.start;
                for (weights, bytes) in weights.bytes.iter().zip(bytes.as_chunks::<4>().0) {
                    for (whole, weights) in
                        whole.as_flattened_mut().iter_mut().zip(weights.as_chunks::<4>().0)
                    {
                        for (weight, byte) in weights.iter().zip(bytes) {
                            *whole += i32::from(*weight) * i32::from(*byte);
                        }
                    }
                }
                let of_weights = weights.scales.as_flattened();
                for ((sum, whole), of_weight) in sums.iter_mut().zip(whole.as_flattened()).zip(of_weights) {
                    // Exact: no whole number here is above 2^21.
                    *sum += *whole as f32 * (of_weight * scale);
                }
            }
        }
        sums
    }
}
