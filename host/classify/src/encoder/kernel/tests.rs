//! Every kind of processor sums the same bits, and they are the product of the matrices.

use proptest::prelude::*;

use super::{BLOCK, Matrix, Processor, Rows, Tile, Work};

struct Product<'a> {
    matrix: &'a Matrix,
    numbers: &'a [f32],
    width: usize,
}

impl Work for Product<'_> {
    type Done = Vec<f32>;

    fn with(self, tile: impl Tile) -> Vec<f32> {
        self.matrix.times(&Rows::of(self.numbers, self.width), tile)
    }
}

prop_compose! {
    /// Blocks of a row, weights with their scales, bias, rows of numbers.
    fn product()(per_row in 1..5_usize, out in 1..4_usize, rows in 1..20_usize)(
        weights in prop::collection::vec((0.0_f32..0.1, prop::array::uniform32(-127..=127_i8)), per_row * out * 16),
        bias in prop::collection::vec(-1.0_f32..1.0, out * 16),
        numbers in prop::collection::vec(prop_oneof![-4.0_f32..4.0, Just(0.0), Just(4.0)], rows * per_row * BLOCK),
        per_row in Just(per_row),
    ) -> (usize, Vec<(f32, [i8; BLOCK])>, Vec<f32>, Vec<f32>) {
        (per_row, weights, bias, numbers)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_processor_has_the_same_bits((per_row, weights, bias, numbers) in product()) {
        let matrix = Matrix::of(&weights, bias.clone(), per_row).unwrap();
        let width = per_row * BLOCK;
        let by = |one: Processor| one.run(Product { matrix: &matrix, numbers: &numbers, width });
        let plain = by(Processor::Portable);
        for processor in Processor::all() {
            let bits = |numbers: &[f32]| numbers.iter().map(|number| number.to_bits()).collect::<Vec<_>>();
            prop_assert_eq!(bits(&by(processor)), bits(&plain), "{:?}", processor);
        }
        // And it is the product: what is lost is at most half a step of each number that comes in.
        for (row, sums) in numbers.chunks_exact(width).zip(plain.chunks_exact(bias.len())) {
            for (sum, (weights, bias)) in sums.iter().zip(weights.chunks_exact(per_row).zip(&bias)) {
                let (mut wanted, mut slack) = (f64::from(*bias), 1e-3);
                for ((scale, weights), numbers) in weights.iter().zip(row.chunks_exact(BLOCK)) {
                    let most = numbers.iter().fold(0.0_f32, |most, number| most.max(number.abs()));
                    for (weight, number) in weights.iter().zip(numbers) {
                        let weight = f64::from(*scale) * f64::from(*weight);
                        wanted += weight * f64::from(*number);
                        slack += weight.abs() * f64::from(most) / 250.0;
                    }
                }
                prop_assert!((f64::from(*sum) - wanted).abs() <= slack, "{sum} is not {wanted}");
            }
        }
    }
}

#[test]
fn the_largest_sums_are_exact() {
    for (weight, number) in [(127, 1.0), (-127, 1.0), (127, -1.0), (-127, -1.0)] {
        let weights = vec![(1.0, [weight; BLOCK]); 16 * 48];
        let matrix = Matrix::of(&weights, vec![0.0; 16], 48).unwrap();
        let numbers = vec![number * 127.0; 48 * BLOCK];
        for processor in Processor::all() {
            let sums = processor.run(Product { matrix: &matrix, numbers: &numbers, width: 48 * BLOCK });
            let wanted = f32::from(weight) * number * 127.0 * 48.0 * 32.0;
            assert!(sums.iter().all(|sum| *sum == wanted), "{processor:?}: {sums:?}");
        }
    }
}

#[test]
fn what_is_no_matrix_is_none() {
    let row = (1.0, [0; BLOCK]);
    assert!(Matrix::of(&[row; 16], vec![0.0; 16], 1).is_some());
    assert!(Matrix::of(&[row; 15], vec![0.0; 15], 1).is_none());
    assert!(Matrix::of(&[row; 16], vec![0.0; 16], 2).is_none());
    assert!(Matrix::of(&[], Vec::new(), 0).is_none());
}
