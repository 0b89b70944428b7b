//! Comparisons of memory, told to the engine while it traces: names and words that a parser looks for are compared
//! by these two, which LLVM's coverage does not see into.
//!
//! INVARIANT: they compare as the C library's do. Beside a trace they cost one look at a flag.

use std::ffi::{c_int, c_void};
use std::hash::{DefaultHasher, Hasher as _};

use libafl_targets::CMPLOG_ENABLED;
use libafl_targets::sancov_cmp::__sanitizer_weak_hook_memcmp as told;

/// # Safety
/// As in C: both point to `length` bytes.
#[unsafe(no_mangle)]
unsafe extern "C" fn memcmp(one: *const u8, other: *const u8, length: usize) -> c_int {
    // SAFETY: the caller's word for both lengths; one thread runs the target and the engine.
    unsafe {
        let differ = difference(one, other, length);
        if CMPLOG_ENABLED != 0 && differ != 0 && length > 1 {
            // What is hashed and kept here must not be traced in turn.
            CMPLOG_ENABLED = 0;
            let place = place(std::slice::from_raw_parts(other, length.min(32)));
            CMPLOG_ENABLED = 1;
            told(place, one.cast(), other.cast(), length, differ);
        }
        differ
    }
}

/// # Safety
/// As in C: both point to `length` bytes.
#[unsafe(no_mangle)]
unsafe extern "C" fn bcmp(one: *const u8, other: *const u8, length: usize) -> c_int {
    // SAFETY: as above.
    unsafe { memcmp(one, other, length) }
}

/// By words of eight bytes; volatile, so that the loop is not made into a call of the function it is.
unsafe fn difference(one: *const u8, other: *const u8, length: usize) -> c_int {
    let mut at = 0;
    // SAFETY: `at` stays below the length that the caller vouches for.
    unsafe {
        while at + 8 <= length {
            let words = (one.add(at).cast::<u64>(), other.add(at).cast::<u64>());
            if words.0.read_unaligned() != words.1.read_unaligned() {
                break;
            }
            at += 8;
        }
        while at < length {
            let bytes = (one.add(at).read_volatile(), other.add(at).read_volatile());
            if bytes.0 != bytes.1 {
                return c_int::from(bytes.0) - c_int::from(bytes.1);
            }
            at += 1;
        }
    }
    0
}

/// Stands for the place of the comparison, which stable Rust cannot name: the engine keeps what was compared by it.
fn place(looked_for: &[u8]) -> *const c_void {
    let mut hash = DefaultHasher::new();
    hash.write(looked_for);
    std::ptr::without_provenance((hash.finish() as u32) as usize)
}
