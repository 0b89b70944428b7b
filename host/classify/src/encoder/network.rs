//! The layers of BERT (Devlin et al., 2019) on candle: windows one behind the other in one matrix, so that none is filled up.
//!
//! A sentence sees itself and what stands before it in its window, never what follows.

use candle_core::{CpuStorage, CustomOp1, Device, Layout, Result, Shape, Tensor, bail};

use super::windows::Window;

/// As BERT has it.
const EPSILON: f32 = 1e-12;

#[derive(Debug)]
pub(super) struct Linear {
    /// A column for each number that comes out.
    pub(super) weight: Tensor,
    pub(super) bias: Tensor,
}

impl Linear {
    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        x.matmul(&self.weight)?.broadcast_add(&self.bias)
    }
}

/// Layer normalisation (Ba et al., 2016): each row is moved to mean 0 and variance 1.
#[derive(Debug)]
pub(super) struct Norm {
    pub(super) weight: Vec<f32>,
    pub(super) bias: Vec<f32>,
}

impl Norm {
    pub(super) fn forward(&self, x: &Tensor) -> Result<Tensor> {
        x.apply_op1_no_bwd(self)
    }
}

impl CustomOp1 for Norm {
    fn name(&self) -> &'static str {
        "norm"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let mut numbers = numbers(storage, layout)?.to_vec();
        let size = f32::from(u16::try_from(self.weight.len()).unwrap_or(u16::MAX));
        for row in numbers.chunks_exact_mut(self.weight.len().max(1)) {
            let mean = row.iter().sum::<f32>() / size;
            let variance = row.iter().map(|x| (x - mean) * (x - mean)).sum::<f32>() / size;
            let scale = 1.0 / (variance + EPSILON).sqrt();
            for ((x, weight), bias) in row.iter_mut().zip(&self.weight).zip(&self.bias) {
                *x = (*x - mean) * scale * weight + bias;
            }
        }
        Ok((CpuStorage::F32(numbers), layout.shape().clone()))
    }
}

/// Each row of so many numbers to shares that add up to one.
struct Softmax(usize);

impl CustomOp1 for Softmax {
    fn name(&self) -> &'static str {
        "softmax"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let mut numbers = numbers(storage, layout)?.to_vec();
        for row in numbers.chunks_exact_mut(self.0.max(1)) {
            let most = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            row.iter_mut().for_each(|x| *x = exp(*x - most));
            let sum: f32 = row.iter().sum();
            row.iter_mut().for_each(|x| *x /= sum);
        }
        Ok((CpuStorage::F32(numbers), layout.shape().clone()))
    }
}

/// The numbers of a tensor that lie one behind the other.
fn numbers<'a>(storage: &'a CpuStorage, layout: &Layout) -> Result<&'a [f32]> {
    match (storage, layout.contiguous_offsets()) {
        (CpuStorage::F32(numbers), Some((start, end))) => Ok(numbers.get(start..end).unwrap_or_default()),
        _ => bail!("numbers of 32 bits are wanted, one behind the other"),
    }
}

#[derive(Debug)]
pub(super) struct Layer {
    pub(super) qkv: Linear,
    pub(super) out: Linear,
    pub(super) up: Linear,
    pub(super) down: Linear,
    pub(super) norm_out: Norm,
    pub(super) norm_down: Norm,
}

impl Layer {
    /// `x` has the pieces of all windows in rows; `masks` belong to the windows.
    pub(super) fn forward(&self, x: &Tensor, masks: &[Seen], attention: usize) -> Result<Tensor> {
        let (_, hidden) = x.dims2()?;
        let size = hidden / attention;
        let qkv = self.qkv.forward(x)?;
        let scale = 1.0 / f64::from(u32::try_from(size).unwrap_or(1)).sqrt();
        let mut start = 0;
        let mut seen = Vec::with_capacity(masks.len());
        for mask in masks {
            let part = qkv.narrow(0, start, mask.length)?.reshape((mask.length, 3, attention, size))?;
            let of = |at: usize| part.narrow(1, at, 1)?.squeeze(1)?.transpose(0, 1)?.contiguous();
            let (query, key, value) = ((of(0)? * scale)?, of(1)?, of(2)?);
            let mut weights = query.matmul(&key.t()?)?;
            if let Some(mask) = &mask.mask {
                weights = weights.broadcast_add(mask)?;
            }
            let means = weights.apply_op1_no_bwd(&Softmax(mask.length))?.matmul(&value)?;
            seen.push(means.transpose(0, 1)?.reshape((mask.length, hidden))?);
            start += mask.length;
        }
        let seen = Tensor::cat(&seen, 0)?;
        let x = self.norm_out.forward(&(x + self.out.forward(&seen)?)?)?;
        let inner = self.up.forward(&x)?.apply_op1_no_bwd(&Gelu)?;
        self.norm_down.forward(&(&x + self.down.forward(&inner)?)?)
    }
}

/// What the pieces of a window see.
pub(super) struct Seen {
    length: usize,
    /// 0 where a piece is seen and far below where it is not; nothing where all see all.
    mask: Option<Tensor>,
}

impl Seen {
    pub(super) fn of(window: &Window) -> Result<Self> {
        let length = window.pieces.len();
        if window.ends.len() < 2 {
            return Ok(Self { length, mask: None });
        }
        let mut mask = Vec::with_capacity(length * length);
        for piece in 0..length {
            let end = window.ends.iter().copied().find(|end| *end > piece).unwrap_or(length);
            mask.extend((0..length).map(|other| if other < end { 0.0_f32 } else { -1e9 }));
        }
        Ok(Self { length, mask: Some(Tensor::from_vec(mask, (length, length), &Device::Cpu)?) })
    }
}

/// GELU (Hendrycks and Gimpel, 2016) in its form with tanh, written so that it is done for several numbers at once.
struct Gelu;

impl CustomOp1 for Gelu {
    fn name(&self) -> &'static str {
        "gelu"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let numbers = numbers(storage, layout)?;
        Ok((CpuStorage::F32(numbers.iter().map(|x| gelu(*x)).collect()), layout.shape().clone()))
    }
}

/// `x / (1 + exp(-2u))` is `x / 2 * (1 + tanh(u))`.
fn gelu(x: f32) -> f32 {
    let u = 0.797_884_6 * (x + 0.044_715 * x * x * x);
    x / (1.0 + exp(-2.0 * u))
}

/// e to the power of `x` to about six places: two to a whole power by the bits of a number, the rest by a polynomial.
fn exp(x: f32) -> f32 {
    /// Added and taken away again it leaves the nearest whole number, which stands in the last bits in between.
    const ROUND: f32 = 12_582_912.0;
    let power = (x * std::f32::consts::LOG2_E).clamp(-126.0, 126.0);
    let rounded = power + ROUND;
    let rest = (power - (rounded - ROUND)) * std::f32::consts::LN_2;
    let series = 1.0 / 120.0;
    let series = (((series * rest + 1.0 / 24.0) * rest + 1.0 / 6.0) * rest + 0.5) * rest + 1.0;
    let whole = f32::from_bits((rounded.to_bits() << 23).wrapping_add(0x3F80_0000));
    (series * rest + 1.0) * whole
}

#[cfg(test)]
mod tests {
    use super::{exp, gelu};

    #[test]
    fn powers_and_gelu_are_those_of_the_library() {
        for step in -2_000..2_000_i16 {
            let x = f32::from(step) / 25.0;
            assert!((exp(x) / x.exp() - 1.0).abs() < 1e-5, "{x}");
            let wanted = 0.5 * x * (1.0 + (0.797_884_6 * (x + 0.044_715 * x.powi(3))).tanh());
            assert!((gelu(x) - wanted).abs() < 1e-5, "{x}");
        }
    }
}
