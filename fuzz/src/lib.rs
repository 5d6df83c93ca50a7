//! What the targets share: a folder in memory to put inputs into, since readers take files, and small inputs
//! that are right, to be damaged.

#![allow(clippy::unwrap_used, reason = "a target that cannot write its input must stop")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Once};
use weldlm_formats::Checkpoint;
use weldlm_messages::{Lang, Problem};
use weldlm_source::Folder;
use weldlm_tensor::kernels;

/// A folder of this process, in memory where the system has such a place.
pub static ROOT: LazyLock<PathBuf> = LazyLock::new(|| {
    let memory = Path::new("/dev/shm");
    let parent = if memory.is_dir() { memory.to_path_buf() } else { std::env::temp_dir() };
    let root = parent.join(format!("weldlm-fuzz-{}", std::process::id()));
    fs::create_dir_all(&root).unwrap();
    root
});

/// Writes a file below the process's folder and returns the path of its parent.
pub fn put(name: &str, bytes: &[u8]) -> PathBuf {
    let path = ROOT.join(name);
    let parent = path.parent().unwrap().to_path_buf();
    if fs::write(&path, bytes).is_err() {
        fs::create_dir_all(&parent).unwrap();
        fs::write(&path, bytes).unwrap();
    }
    parent
}

/// A problem must be sayable: no placeholder of its own may be left open in either language.
pub fn say(problem: &Problem) {
    for lang in [Lang::En, Lang::Zh] {
        assert!(!problem.what(lang).is_empty());
        problem.hint(lang);
    }
    problem.to_json(Lang::En);
}

/// Opens one weight file and, when it is good, reads every tensor of reasonable size.
pub fn open_and_read(folder: &Path, name: &str) {
    match weldlm_formats::open_file(&Folder::at(folder), name) {
        Ok(checkpoint) => read_all(&checkpoint),
        Err(problem) => say(&problem),
    }
}

/// Reads every tensor whole and from its middle on, and plans to write the same file again.
pub fn read_all(checkpoint: &Checkpoint) {
    const BYTES_MAX: u64 = 1 << 16;
    checkpoint.total_bytes();
    checkpoint.parameters();
    for tensor in checkpoint.tensors.iter().filter(|t| t.bytes() <= BYTES_MAX) {
        let whole = checkpoint.read_all(tensor).unwrap_or_else(|p| panic!("{}: {p}", tensor.name));
        assert_eq!(whole.len() as u64, tensor.bytes());
        let from = tensor.bytes() / 2;
        let mut rest = vec![0; (tensor.bytes() - from) as usize];
        checkpoint.read_at(tensor, from, &mut rest).unwrap_or_else(|p| panic!("{}: {p}", tensor.name));
        assert_eq!(rest, whole[from as usize..]);
        if tensor.dtype.is_float() {
            kernels::count_non_finite(tensor.dtype, &whole);
        }
    }
    rewrite(checkpoint);
}

/// A file that was read can be written, and what was written has the same tensors.
fn rewrite(checkpoint: &Checkpoint) {
    use weldlm_formats::{Original, OutTensor, Piece};
    if checkpoint.total_bytes() > 1 << 16 {
        return;
    }
    let own: Vec<_> = checkpoint.tensors.iter().collect();
    let list: Vec<OutTensor> = own
        .iter()
        .map(|t| OutTensor { name: t.name.clone(), dtype: t.dtype, shape: t.shape.clone() })
        .collect();
    let original = Original { file: &checkpoint.files[0].blob, tensors: &own };
    let format = checkpoint.format;
    let plan = format.lay_out("again", list, Some(original)).unwrap_or_else(|p| panic!("{p}"));
    let mut bytes = Vec::new();
    for piece in &plan.pieces {
        match piece {
            Piece::Bytes(known) => bytes.extend(known),
            Piece::Tensor(i) => bytes.extend(checkpoint.read_all(own[*i]).unwrap()),
        }
    }
    assert_eq!(bytes.len() as u64, plan.len);
    let crcs = vec![0; plan.tensors.len()];
    for (at, patch) in format.late_bytes(&plan, &crcs).unwrap_or_default() {
        bytes[at as usize..at as usize + patch.len()].copy_from_slice(&patch);
    }
    let name = format.file_name(1, 1);
    let folder = put(&format!("again/{name}"), &bytes);
    let again = weldlm_formats::open_file(&Folder::at(&folder), &name).unwrap_or_else(|p| panic!("{p}"));
    let names = |c: &Checkpoint| {
        let mut list: Vec<_> = c.tensors.iter().map(|t| (t.name.clone(), t.dtype, t.shape.clone())).collect();
        list.sort();
        list
    };
    assert_eq!(names(&again), names(checkpoint));
}

/// A zip file with stored entries, as torch writes it but without padding.
pub fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, data) in entries {
        let offset = out.len() as u32;
        let sizes = [0u32, data.len() as u32, data.len() as u32].map(u32::to_le_bytes).concat();
        let lengths = [name.len() as u16, 0].map(u16::to_le_bytes).concat();
        let head = [&[0u8; 8][..], &[0; 2], &sizes, &lengths].concat();
        out.extend([b"PK\x03\x04", &head[..], name.as_bytes(), data].concat());
        let tail = [&[0u8; 10][..], &offset.to_le_bytes()].concat();
        directory.extend([b"PK\x01\x02\0\0", &head[..], &tail, name.as_bytes()].concat());
    }
    let count = (entries.len() as u16).to_le_bytes();
    let place = [directory.len() as u32, out.len() as u32].map(u32::to_le_bytes).concat();
    out.extend(directory);
    out.extend([b"PK\x05\x06\0\0\0\0", &count[..], &count, &place, &[0, 0]].concat());
    out
}

/// A safetensors file of f32 tensors that hold small numbers.
pub fn safetensors(tensors: &[(&str, &[u64])]) -> Vec<u8> {
    let mut header = serde_json::json!({"__metadata__": {"format": "pt"}});
    let mut data = Vec::new();
    for (name, shape) in tensors {
        let begin = data.len();
        let count: u64 = shape.iter().product();
        data.extend((0..count).flat_map(|i| ((i % 7) as f32 - 2.5).to_le_bytes()));
        header[*name] =
            serde_json::json!({"dtype": "F32", "shape": shape, "data_offsets": [begin, data.len()]});
    }
    let text = header.to_string();
    [&(text.len() as u64).to_le_bytes()[..], text.as_bytes(), &data].concat()
}

const BASE: &[(&str, &[u64])] = &[
    ("model.embed_tokens.weight", &[6, 4]),
    ("model.layers.0.self_attn.q_proj.weight", &[4, 4]),
    ("model.layers.0.self_attn.q_proj.bias", &[4]),
    ("model.layers.0.mlp.down_proj.weight", &[4, 8]),
    ("model.norm.weight", &[4]),
];
const ADAPTER: &[(&str, &[u64])] = &[
    ("base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight", &[2, 4]),
    ("base_model.model.model.layers.0.self_attn.q_proj.lora_B.weight", &[4, 2]),
    ("base_model.model.model.embed_tokens.lora_embedding_A", &[2, 6]),
    ("base_model.model.model.embed_tokens.lora_embedding_B", &[4, 2]),
];
const CONFIG: &str = r#"{"architectures": ["LlamaForCausalLM"], "model_type": "llama", "tie_word_embeddings": true,
  "vocab_size": 6, "torch_dtype": "float32"}"#;
/// Names more than the adapter has, so that other tensors find their meaning.
const ADAPTER_CONFIG: &str = r#"{"peft_type": "LORA", "r": 2, "lora_alpha": 4, "target_modules": ["q_proj"],
  "modules_to_save": ["lm_head", "score"], "trainable_token_indices": [1, 5], "bias": "all", "lora_bias": true,
  "task_type": "SEQ_CLS"}"#;

/// A small tied base and an adapter that fits it: the files, and what stands in them while they are right.
pub fn pair_files() -> [(&'static str, Vec<u8>); 9] {
    [
        ("base/config.json", CONFIG.into()),
        ("adapter/adapter_config.json", ADAPTER_CONFIG.into()),
        ("adapter/adapter_model.safetensors", safetensors(ADAPTER)),
        ("base/model.safetensors", safetensors(BASE)),
        ("base/tokenizer.json", br#"{"model": {"vocab": {"a": 0, "b": 5}}}"#.into()),
        ("base/tokenizer_config.json", b"{}".into()),
        ("base/README.md", b"---\nlicense: mit\n---\n".into()),
        ("base/modules.json", b"[]".into()),
        ("adapter/added_tokens.json", br#"{"<x>": 5}"#.into()),
    ]
}

/// Puts the pair down, one of its files exchanged for the input; the first byte says which. The file is right
/// again once the returned guard is dropped.
pub fn pair(which: u8, input: &[u8]) -> Mended {
    static ONCE: Once = Once::new();
    let files = pair_files();
    ONCE.call_once(|| files.iter().for_each(|(name, bytes)| drop(put(name, bytes))));
    let (name, right) = files[usize::from(which) % files.len()].clone();
    put(name, input);
    Mended { name, right }
}

/// Puts a file right again.
pub struct Mended {
    name: &'static str,
    right: Vec<u8>,
}

impl Drop for Mended {
    fn drop(&mut self) {
        put(self.name, &self.right);
    }
}
