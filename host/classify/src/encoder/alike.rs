//! Topics that are told by examples: how near a text comes to them, beside how near it comes to ordinary prompts.
//!
//! No training: the mean of the two nearest examples, less the mean of the nearest of a background of sentences that we wrote.
//! Where medium and high begin is read off that background, of which hardly any may come there.

use shared_protocol::Topic;

use super::{Encoder, EncoderError, Vector};

/// The background that is compiled in.
static BUILTIN: &[u8] =
    include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../models/active/background.bin"));

const MAGIC: &[u8] = b"PGBG\x01";

/// So many of the nearest examples count.
const EXAMPLES: usize = 2;

/// So many of the nearest sentences of the background count.
const NEAREST: usize = 8;

/// Log odds of where high begins; medium begins at 0.
const HIGH: f32 = 1.386_294_4;

/// Sentences that have nothing to do with any topic of anybody.
#[derive(Debug)]
pub struct Background {
    vectors: Vec<Vector>,
    /// How near each of them comes to the others: the same for every topic.
    near: Vec<f32>,
}

impl Background {
    /// The one that is compiled in.
    ///
    /// # Errors
    /// When it is damaged.
    pub fn builtin() -> Result<Self, EncoderError> {
        Self::parse(BUILTIN)
    }

    /// `PGBG`, version 1, the size of a vector (u16), then vectors of i8, a hundred and twenty-seventh each.
    ///
    /// # Errors
    /// When the bytes are something else.
    pub fn parse(bytes: &[u8]) -> Result<Self, EncoderError> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(EncoderError::Foreign)?;
        let (size, rest) = rest.split_first_chunk().ok_or(EncoderError::Damaged)?;
        let size = usize::from(u16::from_le_bytes(*size));
        if size == 0 || !rest.len().is_multiple_of(size) || rest.len() / size <= NEAREST {
            return Err(EncoderError::Damaged);
        }
        let number = |byte: &u8| f32::from(byte.cast_signed());
        let vector = |row: &[u8]| Vector::along(&row.iter().map(number).collect::<Vec<_>>());
        let vectors: Vec<Vector> = rest.chunks_exact(size).map(vector).collect();
        let near = vectors.iter().map(|vector| near(&vectors, vector)).collect();
        Ok(Self { vectors, near })
    }

    /// The file of some vectors.
    #[must_use]
    pub fn file(vectors: &[Vector]) -> Vec<u8> {
        let size = vectors.first().map_or(0, |vector| vector.0.len());
        let mut bytes = [MAGIC, &u16::try_from(size).unwrap_or_default().to_le_bytes()].concat();
        // In range after the clamp, so nothing is cut off.
        let byte = |number: &f32| ((number * 127.0).round().clamp(-127.0, 127.0) as i8).cast_unsigned();
        bytes.extend(vectors.iter().flat_map(|vector| vector.0.iter().map(byte)));
        bytes
    }
}

/// How near the nearest of the background are, the same one left out.
fn near(background: &[Vector], vector: &Vector) -> f32 {
    let likes = background.iter().map(|other| vector.like(other));
    mean_of_most(likes.filter(|like| *like < 0.999), NEAREST)
}

/// A topic told by examples.
#[derive(Debug)]
pub struct Alike {
    /// Which one.
    pub topic: Topic,
    examples: Vec<Vector>,
    slope: f32,
    offset: f32,
}

impl Alike {
    /// Reads the examples of a topic; without words in any of them there is nothing to be like.
    pub fn new<'a>(
        encoder: &Encoder<'_>,
        background: &Background,
        topic: Topic,
        examples: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let read = examples.into_iter().filter_map(|example| encoder.embed(&crate::linear::plain(example)));
        let read = read.collect();
        let mut alike = Self { topic, examples: read, slope: 1.0, offset: 0.0 };
        let known = background.vectors.iter().zip(&background.near);
        let mut margins: Vec<f32> = known.map(|(vector, near)| alike.nearness(vector) - near).collect();
        margins.sort_by(|one, other| other.total_cmp(one));
        // Of the background one in a hundred may come to medium.
        let at = margins.get(margins.len() / 100).copied().unwrap_or_default();
        // Examples that are like nothing but the background tell nothing: at least this much nearer.
        let medium = at.max(0.02);
        alike.slope = HIGH / 0.12;
        alike.offset = -medium * alike.slope;
        alike
    }

    /// How much nearer a text is to the examples than to the background.
    #[must_use]
    pub fn margin(&self, background: &Background, vector: &Vector) -> f32 {
        self.nearness(vector) - near(&background.vectors, vector)
    }

    /// How near a text comes to the nearest examples.
    fn nearness(&self, vector: &Vector) -> f32 {
        mean_of_most(self.examples.iter().map(|example| vector.like(example)), EXAMPLES)
    }

    /// 0 to 1 for a text; medium begins at 0.5.
    #[must_use]
    pub fn score(&self, background: &Background, vector: &Vector) -> f32 {
        crate::linear::chance(self.margin(background, vector) * self.slope + self.offset)
    }
}

fn mean_of_most(likes: impl Iterator<Item = f32>, most: usize) -> f32 {
    let mut likes: Vec<f32> = likes.collect();
    likes.sort_by(|one, other| other.total_cmp(one));
    likes.truncate(most);
    let count = u16::try_from(likes.len()).map_or(1.0, f32::from).max(1.0);
    likes.iter().sum::<f32>() / count
}
