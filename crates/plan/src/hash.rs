//! Content hashes: blake3, the digest that the `b3sum` tool prints.

use weldlm_messages::Problem;
use weldlm_source::Blob;

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
