//! Content hashes. Files get blake3, the digest that the `b3sum` tool prints; each tensor gets XXH3-128, which says where a
//! file differs and costs a fraction of a second hash of every byte.

use weldlm_messages::Problem;
use weldlm_source::Blob;
use xxhash_rust::xxh3::{Xxh3, xxh3_128};

/// Bytes read at a time.
const PIECE: usize = 1 << 20;

/// The digest of a file. `go_on` is told how many bytes were read and says whether to continue; `None` when
/// it said no.
pub fn blob(blob: &Blob, go_on: &mut dyn FnMut(u64) -> bool) -> Result<Option<String>, Problem> {
    let mut hasher = blake3::Hasher::new();
    let mut buf = vec![0u8; PIECE];
    let mut offset = 0;
    while offset < blob.len() {
        let n = (blob.len() - offset).min(PIECE as u64) as usize;
        blob.read_at(offset, &mut buf[..n])?;
        hasher.update(&buf[..n]);
        offset += n as u64;
        if !go_on(offset) {
            return Ok(None);
        }
    }
    Ok(Some(hasher.finalize().to_hex().to_string()))
}

/// The digest of bytes.
pub fn bytes(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}

/// XXH3-128 of a tensor's data; shown as 32 hexadecimal digits, as `xxhsum -H2` does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Checksum(pub u128);

impl Checksum {
    /// Of bytes.
    pub fn of(bytes: &[u8]) -> Checksum {
        Checksum(xxh3_128(bytes))
    }

    /// Of the bytes that a hasher has seen.
    pub fn seen_by(hasher: &Xxh3) -> Checksum {
        Checksum(hasher.digest128())
    }

    /// Reads what [`std::fmt::Display`] writes; zero, which no data has in practice, for anything else.
    pub fn parse(text: &str) -> Checksum {
        Checksum(u128::from_str_radix(text, 16).unwrap_or(0))
    }
}

impl std::fmt::Display for Checksum {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}
