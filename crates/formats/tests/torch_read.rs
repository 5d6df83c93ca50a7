//! Reads files that torch wrote, and files that mean harm. `torch_golden/make.py` made them.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail by panicking")]

use serde_json::Value;
use std::path::{Path, PathBuf};
use weldlm_formats::{Checkpoint, Format, Place, TensorInfo, torch::Torch};
use weldlm_messages::Problem;
use weldlm_source::{Blob, Folder};

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/torch_golden")
}

fn expected() -> Value {
    serde_json::from_str(&std::fs::read_to_string(golden().join("expected.json")).unwrap()).unwrap()
}

fn open(name: &str) -> Result<Checkpoint, Problem> {
    Checkpoint::read(&Torch, &Folder::at(&golden()), &[name.to_string()])
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

#[test]
fn reads_what_torch_wrote() {
    let expected = expected();
    for (file, tensors) in expected["good"].as_object().unwrap() {
        let checkpoint = open(file).unwrap_or_else(|e| panic!("{file}: {e}"));
        let tensors = tensors.as_object().unwrap();
        assert_eq!(checkpoint.tensors.len(), tensors.len(), "{file}");
        for (name, wanted) in tensors {
            let tensor = checkpoint.get(name).unwrap_or_else(|| panic!("{file}: {name} is missing"));
            assert_eq!(tensor.dtype.torch_name(), wanted["dtype"], "{file}: {name}");
            assert_eq!(serde_json::json!(tensor.shape), wanted["shape"], "{file}: {name}");
            let data = checkpoint.read_all(tensor).unwrap();
            assert_eq!(hex(&data), wanted["data"].as_str().unwrap(), "{file}: {name}");
        }
    }
}

#[test]
fn refuses_the_rest_by_name() {
    let expected = expected();
    for (file, wanted) in expected["bad"].as_object().unwrap() {
        let Err(problem) = open(file) else { panic!("{file} was accepted") };
        let (code, word) = (wanted["code"].as_str().unwrap(), wanted["word"].as_str().unwrap());
        let text = problem.to_string();
        assert_eq!(problem.code(), code, "{file}: {text}");
        assert!(text.contains(word), "{file}: {text}");
    }
}

#[test]
fn views_share_their_storage() {
    let tied = open("tied.bin").unwrap();
    let place = |name: &str| tied.get(name).unwrap().place.clone();
    assert_eq!(place("embed.weight"), place("lm_head.weight"));
    assert_ne!(place("embed.weight"), place("norm.weight"));
    let views = open("views.bin").unwrap();
    let dense = |name: &str| matches!(views.get(name).unwrap().place, Place::Dense(_));
    assert!(dense("base") && dense("rows") && dense("element") && dense("thin"));
    assert!(
        !dense("transposed")
            && !dense("columns")
            && !dense("steps")
            && !dense("permuted")
            && !dense("expanded")
    );
}

#[test]
fn tensors_come_in_file_order() {
    let start = |t: &TensorInfo| match t.place {
        Place::Dense(start) | Place::Strided { start, .. } => start,
    };
    let many = open("many.bin").unwrap();
    assert!(many.tensors.windows(2).all(|pair| start(&pair[0]) < start(&pair[1])));
    assert!(many.tensors.iter().all(|t| start(t) % 64 == 0));
}

/// A generator that needs no crate and gives the same numbers everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n as u64) as usize
    }
}

/// Whatever is accepted must lie in the file, so that reading it cannot fail.
fn check_sane(path: &Path) -> bool {
    let blob = Blob::open(path).unwrap();
    let Ok(tensors) = Torch.read_headers(&blob, 0) else { return false };
    for tensor in tensors {
        let size = tensor.dtype.size() as u64;
        let (start, bytes) = match &tensor.place {
            Place::Dense(start) => (*start, tensor.bytes()),
            Place::Strided { start, strides } => {
                let last: u64 =
                    tensor.shape.iter().zip(strides).map(|(dim, stride)| (dim - 1) * stride).sum();
                (*start, (last + 1) * size)
            }
        };
        assert!(start + bytes <= blob.len());
    }
    true
}

#[test]
fn damaged_files_never_panic() {
    const ROUNDS: usize = 2000;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("mutated.bin");
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut accepted = 0;
    for name in ["dtypes.bin", "views.bin", "protocol4.bin", "parameters.bin", "memo.bin"] {
        let whole = std::fs::read(golden().join(name)).unwrap();
        for _ in 0..ROUNDS {
            let mut bytes = whole.clone();
            for _ in 0..=random.below(3) {
                let at = random.below(bytes.len());
                match random.below(4) {
                    0 => bytes[at] ^= 1 << random.below(8),
                    1 => bytes[at] = random.below(256) as u8,
                    2 => bytes[at] = [0, 1, 0x7f, 0xff][random.below(4)],
                    // Opcodes, so that pickles stay pickles more often.
                    _ => bytes[at] = b"(.RbQtuseh2q10\x81\x85\x93\x94"[random.below(18)],
                }
            }
            std::fs::write(&path, &bytes).unwrap();
            accepted += usize::from(check_sane(&path));
        }
        for len in (0..whole.len()).step_by(7) {
            std::fs::write(&path, &whole[..len]).unwrap();
            assert!(!check_sane(&path), "{name} cut to {len} bytes was accepted");
        }
    }
    // Many changes are harmless (data, padding); were none, the test would not reach the pickle.
    assert!(accepted > ROUNDS / 10, "{accepted}");
}

fn refusal(pickle: &[u8]) -> Problem {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("made.bin");
    std::fs::write(&path, stored_zip(&[("m/data.pkl", pickle)])).unwrap();
    Torch.read_headers(&Blob::open(&path).unwrap(), 0).unwrap_err()
}

#[test]
fn memo_cannot_explode() {
    // Each tuple holds the one before it twice: 2^n leaves when written out, n values here.
    let mut pickle = b"\x80\x02}(X\x01\x00\x00\x00x)".to_vec();
    pickle.extend(b"q\x00h\x00\x86".repeat(100_000));
    pickle.extend(b"u.");
    assert_eq!(refusal(&pickle).code(), "S108");
}

#[test]
fn too_many_values_are_refused() {
    let pickle = [b"\x80\x02".as_slice(), &b"]0".repeat(5 << 20), b"}."].concat();
    assert_eq!(refusal(&pickle).code(), "S111");
}

#[test]
fn copies_of_a_long_list_are_counted() {
    // A list of 100 000 pairs, made a dict of again and again.
    let mut pickle = b"\x80\x02ccollections\nOrderedDict\nq\x00NN\x86q\x01](".to_vec();
    pickle.extend(b"h\x01".repeat(100_000));
    pickle.extend(b"e\x85q\x02");
    pickle.extend(b"h\x00h\x02R0".repeat(1_000_000));
    pickle.extend(b"}.");
    assert_eq!(refusal(&pickle).code(), "S111");
}

/// A zip file with stored entries, as plain as it gets.
fn stored_zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, data) in entries {
        let start = out.len() as u32;
        let mut common = vec![20, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        common.extend(crc32fast::hash(data).to_le_bytes());
        common.extend((data.len() as u32).to_le_bytes().repeat(2));
        common.extend((name.len() as u16).to_le_bytes());
        common.extend([0, 0]);
        out.extend([b"PK\x03\x04", common.as_slice(), name.as_bytes(), data].concat());
        directory.extend(
            [b"PK\x01\x02\x14\x00", common.as_slice(), &[0; 10], &start.to_le_bytes(), name.as_bytes()]
                .concat(),
        );
    }
    let (start, n) = (out.len() as u32, entries.len() as u16);
    out.extend(&directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend(n.to_le_bytes().repeat(2));
    out.extend((directory.len() as u32).to_le_bytes());
    out.extend(start.to_le_bytes());
    out.extend([0, 0]);
    out
}
