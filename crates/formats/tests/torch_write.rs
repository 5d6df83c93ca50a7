//! What is laid out is read back; that torch reads it too is checked by `torch_golden/check_written.py`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail by panicking")]

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use weldlm_formats::{Checkpoint, FilePlan, Format, OutTensor, Piece, Place, torch::Torch};
use weldlm_source::Folder;
use weldlm_tensor::Dtype;

const DTYPES: &[Dtype] = &[
    Dtype::Bool,
    Dtype::U8,
    Dtype::I8,
    Dtype::I16,
    Dtype::U16,
    Dtype::I32,
    Dtype::U32,
    Dtype::I64,
    Dtype::U64,
    Dtype::F8E5M2,
    Dtype::F8E4M3,
    Dtype::F8E8M0,
    Dtype::F16,
    Dtype::Bf16,
    Dtype::F32,
    Dtype::F64,
    Dtype::C64,
];

fn tensor(name: &str, dtype: Dtype, shape: &[u64]) -> OutTensor {
    OutTensor { name: name.to_string(), dtype, shape: shape.to_vec() }
}

fn small() -> Vec<OutTensor> {
    let mut tensors: Vec<OutTensor> = DTYPES.iter().map(|&d| tensor(&format!("a.{d}"), d, &[2, 3])).collect();
    tensors.push(tensor("scalar", Dtype::F32, &[]));
    tensors.push(tensor("empty", Dtype::Bf16, &[0, 4]));
    tensors.push(tensor("名字 \"quoted\"", Dtype::F16, &[300, 2]));
    tensors.push(tensor("long", Dtype::U8, &[70_000]));
    tensors.extend((0..1100).map(|i| tensor(&format!("layers.{i}.weight"), Dtype::Bf16, &[3])));
    tensors.push(tensor("last.empty", Dtype::F32, &[0]));
    tensors
}

/// Zeros and ones, so that the bytes are valid in every type.
fn data(i: usize, tensor: &OutTensor) -> Vec<u8> {
    (0..tensor.bytes()).map(|at| u8::from((at + i as u64).is_multiple_of(3))).collect()
}

fn plan(tensors: Vec<OutTensor>) -> FilePlan {
    Torch.lay_out("pytorch_model.bin", tensors, None).unwrap()
}

fn write(plan: &FilePlan, path: &Path, with_data: bool) {
    let file = File::create(path).unwrap();
    file.set_len(plan.len).unwrap();
    let (mut at, mut crcs) = (0, vec![0; plan.tensors.len()]);
    for piece in &plan.pieces {
        match piece {
            Piece::Bytes(bytes) => {
                file.write_all_at(bytes, at).unwrap();
                at += bytes.len() as u64;
            }
            Piece::Tensor(i) => {
                assert_eq!(plan.offsets[*i], at);
                if with_data {
                    let data = data(*i, &plan.tensors[*i]);
                    crcs[*i] = crc32fast::hash(&data);
                    file.write_all_at(&data, at).unwrap();
                }
                at += plan.tensors[*i].bytes();
            }
        }
    }
    assert_eq!(at, plan.len);
    for (at, bytes) in Torch.late_bytes(plan, &crcs).unwrap() {
        file.write_all_at(&bytes, at).unwrap();
    }
}

/// Set WELDLM_KEEP to a folder to keep the file for `check_written.py`.
#[test]
fn written_files_are_read_back() {
    let plan = plan(small());
    assert!(plan.offsets.iter().all(|at| at % 64 == 0));
    let temp = tempfile::tempdir().unwrap();
    let kept = std::env::var_os("WELDLM_KEEP").map(std::path::PathBuf::from);
    let dir = kept.as_deref().unwrap_or(temp.path());
    write(&plan, &dir.join("pytorch_model.bin"), true);
    let checkpoint = Checkpoint::read(&Torch, &Folder::at(dir), &["pytorch_model.bin".into()]).unwrap();
    assert_eq!(checkpoint.tensors.len(), plan.tensors.len());
    for (i, wanted) in plan.tensors.iter().enumerate() {
        let found = checkpoint.get(&wanted.name).unwrap();
        assert_eq!(
            (found.dtype, &found.shape, &found.place),
            (wanted.dtype, &wanted.shape, &Place::Dense(plan.offsets[i]))
        );
        assert_eq!(checkpoint.read_all(found).unwrap(), data(i, wanted), "{}", wanted.name);
    }
}

#[test]
fn bytes_depend_on_the_tensors_only() {
    let other = Torch.lay_out("x/other name.bin", small(), None).unwrap();
    assert_eq!(plan(small()).pieces, other.pieces);
    assert_eq!(plan(Vec::new()).tensors.len(), 0);
}

#[test]
fn late_bytes_are_the_checksums() {
    let plan = plan(vec![
        tensor("a", Dtype::F32, &[2]),
        tensor("b", Dtype::F32, &[0]),
        tensor("c", Dtype::U8, &[5]),
    ]);
    let late = Torch.late_bytes(&plan, &[0x0102_0304, 0, 0x0506_0708]).unwrap();
    let descriptors = [plan.offsets[0] + 8 + 4, plan.offsets[2] + 5 + 4];
    assert_eq!(late.iter().map(|l| l.0).take(2).collect::<Vec<_>>(), descriptors);
    assert_eq!(late.len(), 4);
    assert!(late.iter().all(|(at, bytes)| at + bytes.len() as u64 <= plan.len));
    assert_eq!((&late[0].1, &late[1].1), (&late[2].1, &late[3].1));
}

/// Files above 4 GiB, whose data stays unwritten (a file full of holes takes no space).
#[test]
fn large_files_need_zip64() {
    const GIB: u64 = 1 << 30;
    let limit = u64::from(u32::MAX);
    let shapes: &[&[u64]] =
        &[&[3 * GIB], &[5 * GIB], &[4 * GIB, 2], &[7], &[0], &[limit], &[limit - 1], &[3 * GIB]];
    let tensors: Vec<OutTensor> =
        shapes.iter().enumerate().map(|(i, shape)| tensor(&format!("t{i}"), Dtype::U8, shape)).collect();
    let plan = plan(tensors);
    assert!(plan.offsets.iter().all(|at| at % 64 == 0));
    let dir = tempfile::tempdir().unwrap();
    write(&plan, &dir.path().join("pytorch_model.bin"), false);
    let checkpoint =
        Checkpoint::read(&Torch, &Folder::at(dir.path()), &["pytorch_model.bin".into()]).unwrap();
    for (i, wanted) in plan.tensors.iter().enumerate() {
        let found = checkpoint.get(&wanted.name).unwrap();
        assert_eq!((&found.shape, &found.place), (&wanted.shape, &Place::Dense(plan.offsets[i])));
    }
    let crcs: Vec<u32> = (1..=8).collect();
    let late = Torch.late_bytes(&plan, &crcs).unwrap();
    assert_eq!(late.len(), 14);
    for (i, wanted) in plan.tensors.iter().enumerate().filter(|(_, t)| t.bytes() > 0) {
        let at = plan.offsets[i] + wanted.bytes() + 4;
        assert!(late.contains(&(at, crcs[i].to_le_bytes().to_vec())));
    }
}
