//! Pictures, as shades of grey for a program that reads text in them.
//!
//! Drawn as a person sees it: turned as its EXIF data says, what is transparent on a ground that its strokes stand out from,
//! and a small one enlarged, since letters of a screen are lower than what such programs are trained on. Of a picture that
//! moves the first one counts.

use std::io::Cursor;

use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{DynamicImage, GrayImage, ImageDecoder as _, ImageError, ImageReader, Limits};
use shared_protocol::UnreadFile;

use super::super::out::{Out, PICTURE_BYTES};

/// Most pixels of a side, and bytes that decoding may take, its outcome among them.
const SIDE: u32 = 20_000;
/// Most pixels in all: some decoders hold the whole picture a second time, and do not count that.
const PIXELS: u64 = 64 * 1024 * 1024;
const MEMORY: u64 = 384 * 1024 * 1024;

/// A picture whose longer side has no more is enlarged, one with more than this is made smaller.
const SMALL: u32 = 2_000;
const GREAT: u32 = 6_000;

/// Lower or narrower than this no text can be.
const LEAST: u32 = 8;

pub(super) fn read(bytes: &[u8], inside: &[String], out: &mut Out<'_>) {
    if !out.reads_pictures() {
        return out.unread(UnreadFile::Picture);
    }
    match drawn(bytes) {
        Ok(picture) if picture.width() < LEAST || picture.height() < LEAST => {}
        Ok(picture) => {
            let width = usize::try_from(picture.width()).unwrap_or_default();
            out.picture(inside, width, &picture.into_raw());
        }
        Err(why) => out.unread(why),
    }
}

fn drawn(bytes: &[u8]) -> Result<GrayImage, UnreadFile> {
    let mut reader =
        ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|_| UnreadFile::Damaged)?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE);
    limits.max_image_height = Some(SIDE);
    limits.max_alloc = Some(MEMORY);
    reader.limits(limits.clone());
    let mut decoder = reader.into_decoder().map_err(|fault| why(&fault))?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > PIXELS {
        return Err(UnreadFile::TooLarge);
    }
    // The reader's own bound leaves out what the decoder is given to fill.
    limits
        .reserve(decoder.total_bytes())
        .and_then(|()| decoder.set_limits(limits))
        .map_err(|fault| why(&fault))?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|fault| why(&fault))?;
    picture.apply_orientation(orientation);
    let mut picture = DynamicImage::ImageLuma8(on_ground(&picture));
    let (long, short) = (picture.width().max(picture.height()), picture.width().min(picture.height()));
    if long > GREAT {
        // In whole numbers: the better filters take sixteen bytes a pixel on the way.
        picture = picture.thumbnail(GREAT, GREAT);
    } else if long <= SMALL && short >= LEAST {
        picture = picture.resize(picture.width() * 2, picture.height() * 2, FilterType::CatmullRom);
    }
    let drawn = picture.into_luma8();
    if drawn.as_raw().len() > PICTURE_BYTES - 64 { Err(UnreadFile::TooLarge) } else { Ok(drawn) }
}

/// On white or on black, whichever is further from what is drawn.
fn on_ground(picture: &DynamicImage) -> GrayImage {
    if !picture.color().has_alpha() {
        return picture.to_luma8();
    }
    let shaded = picture.to_luma_alpha8();
    let (mut light, mut weight) = (0_u64, 0_u64);
    for pixel in shaded.pixels() {
        let [shade, alpha] = pixel.0;
        light += u64::from(shade) * u64::from(alpha);
        weight += u64::from(alpha);
    }
    let is_light = light > weight * 128;
    let ground = if is_light { 0 } else { 255 };
    GrayImage::from_fn(shaded.width(), shaded.height(), |x, y| {
        let [shade, alpha] = shaded.get_pixel(x, y).0;
        let mixed = u32::from(shade) * u32::from(alpha) + ground * (255 - u32::from(alpha));
        image::Luma([u8::try_from(mixed / 255).unwrap_or(u8::MAX)])
    })
}

fn why(fault: &ImageError) -> UnreadFile {
    match fault {
        // Of a kind that nobody decodes here.
        ImageError::Unsupported(_) => UnreadFile::Picture,
        ImageError::Limits(_) => UnreadFile::TooLarge,
        _ => UnreadFile::Damaged,
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use image::{DynamicImage, ImageFormat, LumaA, RgbImage};
    use shared_protocol::UnreadFile;

    use super::drawn;

    fn png(picture: impl Into<DynamicImage>) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        picture.into().write_to(&mut bytes, ImageFormat::Png).unwrap();
        bytes.into_inner()
    }

    #[test]
    fn what_is_drawn_stands_out_from_its_ground() {
        for (ink, ground) in [(0, 255), (255, 0)] {
            let picture = image::GrayAlphaImage::from_fn(40, 20, |x, _| {
                LumaA(if x < 10 { [ink, 255] } else { [90, 0] })
            });
            let drawn = drawn(&png(picture)).unwrap();
            // Twice as large.
            assert_eq!((drawn.width(), drawn.height()), (80, 40));
            assert_eq!((drawn.get_pixel(2, 5).0, drawn.get_pixel(70, 5).0), ([ink], [ground]));
        }
    }

    #[test]
    fn what_is_too_large_broken_or_of_another_kind_is_told() {
        // A head alone says how large it is.
        let mut large = png(RgbImage::new(9, 9));
        large[16..20].copy_from_slice(&60_000_u32.to_be_bytes());
        let sum = flate2::Crc::new();
        let mut crc = sum;
        crc.update(&large[12..29]);
        large[29..33].copy_from_slice(&crc.sum().to_be_bytes());
        assert_eq!(drawn(&large).unwrap_err(), UnreadFile::TooLarge);
        // Few bytes, each side within its bound: only all of it together is too much.
        let gif = b"GIF89a\x20\x4e\x20\x4e\x80\0\0\xff\xff\xff\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";
        assert_eq!(drawn(gif).unwrap_err(), UnreadFile::TooLarge);
        // A decoder that takes four bytes a pixel for itself.
        let webp = b"RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0\x2f\0\xff\xff\x07\x07\x10\x11\x11\x88\x88\xfe\x07\0";
        assert_eq!(drawn(webp).unwrap_err(), UnreadFile::TooLarge);
        let whole =
            png(RgbImage::from_fn(300, 300, |x, y| image::Rgb([u8::try_from((x * y) % 251).unwrap(); 3])));
        assert_eq!(drawn(&whole[..whole.len() / 2]).unwrap_err(), UnreadFile::Damaged);
        assert_eq!(drawn(b"II*\0\x08\0\0\0\0\0").unwrap_err(), UnreadFile::Picture);
    }
}
