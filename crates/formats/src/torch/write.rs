//! The same file that `torch.save` would write, byte for byte in its layout: torch can then compute the place
//! of every storage without reading the headers (`calculate_storage_offsets`), and map the file.

use super::STORAGES;
use super::zip::{
    CENTRAL, CENTRAL_BYTES, DESCRIPTOR, END, END64, END64_BYTES, EXTRA_ZIP64, LOCAL, LOCAL_BYTES, LOCATOR64,
    u16_at,
};
use crate::{FilePlan, OutTensor, Piece};
use weldlm_tensor::Dtype;

/// The folder inside the zip. torch uses the file's name; a fixed one keeps the bytes independent of it.
const FOLDER: &str = "archive/";
/// Data starts at a multiple of this, as torch has it.
const ALIGNMENT: u64 = 64;
/// The version of torch's format.
const VERSION: &[u8] = b"3\n";
/// Says that storages follow each other in numerical order, with `.storage_alignment` between them.
const FORMAT_VERSION: &[u8] = b"1";
/// Entries before the first tensor.
const ENTRIES_BEFORE: usize = 4;

/// The extra field that pads up to the alignment.
const EXTRA_PADDING: u16 = u16::from_le_bytes(*b"FB");
const UTF8_NAME: u16 = 1 << 11;
/// Checksum and sizes follow after the data.
const HAS_DESCRIPTOR: u16 = 1 << 3;
const VERSION_PLAIN: u16 = 20;
const VERSION_ZIP64: u16 = 45;
/// The first day that the format knows: 1980-01-01.
const DATE: u16 = 1 << 5 | 1;
const WIDE: u64 = u32::MAX as u64;

pub(super) fn lay_out(name: &str, tensors: Vec<OutTensor>) -> FilePlan {
    let mut zip = ZipPlan::default();
    zip.known("data.pkl", &state_dict(&tensors));
    zip.known(".format_version", FORMAT_VERSION);
    zip.known(".storage_alignment", ALIGNMENT.to_string().as_bytes());
    zip.known("byteorder", b"little");
    for (i, tensor) in tensors.iter().enumerate() {
        zip.tensor(i, tensor.bytes());
    }
    zip.known("version", VERSION);
    FilePlan::new(name, tensors, zip.finish())
}

/// A tensor's checksum stands after its data and in the directory, which is the last piece.
pub(super) fn late_bytes(plan: &FilePlan, crcs: &[u32]) -> Vec<(u64, Vec<u8>)> {
    let Some(Piece::Bytes(directory)) = plan.pieces.last() else { return Vec::new() };
    let directory_start = plan.len - directory.len() as u64;
    let next = |at: usize| {
        at + CENTRAL_BYTES + usize::from(u16_at(directory, at + 28)) + usize::from(u16_at(directory, at + 30))
    };
    let mut at = (0..ENTRIES_BEFORE).fold(0, |at, _| next(at));
    let mut patches = Vec::with_capacity(2 * crcs.len());
    for ((tensor, offset), crc) in plan.tensors.iter().zip(&plan.offsets).zip(crcs) {
        // An entry without data has no descriptor, and zero is its checksum.
        if tensor.bytes() > 0 {
            patches.push((offset + tensor.bytes() + 4, crc.to_le_bytes().to_vec()));
            patches.push((directory_start + at as u64 + 16, crc.to_le_bytes().to_vec()));
        }
        at = next(at);
    }
    patches.sort_unstable();
    patches
}

#[derive(Default)]
struct ZipPlan {
    pieces: Vec<Piece>,
    /// Bytes after the last piece.
    open: Vec<u8>,
    at: u64,
    directory: Vec<u8>,
    entries: u64,
}

impl ZipPlan {
    fn put(&mut self, bytes: &[u8]) {
        self.open.extend_from_slice(bytes);
        self.at += bytes.len() as u64;
    }

    fn known(&mut self, name: &str, data: &[u8]) {
        let header = self.header(name, data.len() as u64, crc32fast::hash(data));
        self.put(data);
        self.descriptor(header, data.len() as u64, crc32fast::hash(data));
    }

    fn tensor(&mut self, i: usize, bytes: u64) {
        let header = self.header(&format!("data/{i}"), bytes, 0);
        self.pieces.push(Piece::Bytes(std::mem::take(&mut self.open)));
        self.pieces.push(Piece::Tensor(i));
        self.at += bytes;
        self.descriptor(header, bytes, 0);
    }

    /// The header before an entry's data, and its line in the directory. Returns where the header starts.
    fn header(&mut self, name: &str, size: u64, crc: u32) -> u64 {
        let (start, name) = (self.at, format!("{FOLDER}{name}"));
        let wide = wide_field(size, start);
        let flags = UTF8_NAME | if size > 0 { HAS_DESCRIPTOR } else { 0 };
        let version = if wide.is_empty() { VERSION_PLAIN } else { VERSION_ZIP64 };
        let narrow = size.min(WIDE) as u32;
        let common = |out: &mut Vec<u8>, crc: u32, size: u32, extra: usize| {
            // Version needed, flags, method, time, date.
            [version, flags, 0, 0, DATE].iter().for_each(|n| out.extend(n.to_le_bytes()));
            [crc, size, size].iter().for_each(|n| out.extend(n.to_le_bytes()));
            [name.len() as u16, extra as u16].iter().for_each(|n| out.extend(n.to_le_bytes()));
        };

        let unpadded = start + LOCAL_BYTES + (name.len() + wide.len()) as u64 + 4;
        let padding = unpadded.next_multiple_of(ALIGNMENT) - unpadded;
        let mut local = LOCAL.to_le_bytes().to_vec();
        // The sizes are in the descriptor, unless they need the wide field.
        let local_size = if u64::from(narrow) == WIDE { narrow } else { 0 };
        common(&mut local, 0, local_size, wide.len() + 4 + padding as usize);
        local.extend(name.as_bytes());
        local.extend(&wide);
        local.extend(EXTRA_PADDING.to_le_bytes());
        local.extend((padding as u16).to_le_bytes());
        local.resize(local.len() + padding as usize, b'Z');
        self.put(&local);

        let line = &mut self.directory;
        line.extend(CENTRAL.to_le_bytes());
        // Version made by.
        line.extend(version.to_le_bytes());
        common(line, crc, narrow, wide.len());
        // Comment, disk, attributes.
        line.extend([0; 10]);
        line.extend((start.min(WIDE) as u32).to_le_bytes());
        line.extend(name.as_bytes());
        line.extend(&wide);
        self.entries += 1;
        start
    }

    fn descriptor(&mut self, header: u64, size: u64, crc: u32) {
        if size == 0 {
            return;
        }
        let mut bytes = DESCRIPTOR.to_le_bytes().to_vec();
        bytes.extend(crc.to_le_bytes());
        for _ in 0..2 {
            if wide_field(size, header).is_empty() {
                bytes.extend((size as u32).to_le_bytes());
            } else {
                bytes.extend(size.to_le_bytes());
            }
        }
        self.put(&bytes);
    }

    fn finish(mut self) -> Vec<Piece> {
        let (start, bytes, entries) = (self.at, self.directory.len() as u64, self.entries);
        let end64 = start + bytes;
        let out = &mut self.directory;
        out.extend(END64.to_le_bytes());
        out.extend((END64_BYTES - 12).to_le_bytes());
        [VERSION_ZIP64, VERSION_ZIP64].iter().for_each(|n| out.extend(n.to_le_bytes()));
        // Two numbers of disks, then entries here and in all.
        out.extend([0; 8]);
        [entries, entries, bytes, start].iter().for_each(|n| out.extend(n.to_le_bytes()));
        out.extend(LOCATOR64.to_le_bytes());
        out.extend([0; 4]);
        out.extend(end64.to_le_bytes());
        out.extend(1u32.to_le_bytes());
        out.extend(END.to_le_bytes());
        out.extend([0; 4]);
        let few = entries.min(u64::from(u16::MAX)) as u16;
        [few, few].iter().for_each(|n| out.extend(n.to_le_bytes()));
        [bytes, start].iter().for_each(|n| out.extend((*n.min(&WIDE) as u32).to_le_bytes()));
        out.extend([0; 2]);
        self.pieces.push(Piece::Bytes(self.open));
        self.pieces.push(Piece::Bytes(self.directory));
        self.pieces
    }
}

/// The extra field for what does not fit into 32 bits; empty when everything fits.
fn wide_field(size: u64, header: u64) -> Vec<u8> {
    let mut numbers = Vec::new();
    if size >= WIDE {
        numbers.extend([size, size]);
    }
    if header >= WIDE {
        numbers.push(header);
    }
    if numbers.is_empty() {
        return Vec::new();
    }
    let mut field = EXTRA_ZIP64.to_le_bytes().to_vec();
    field.extend((8 * numbers.len() as u16).to_le_bytes());
    numbers.iter().for_each(|n| field.extend(n.to_le_bytes()));
    field
}

/// The pickle of an `OrderedDict` from names to tensors, in protocol 2.
fn state_dict(tensors: &[OutTensor]) -> Vec<u8> {
    let mut pickle = Pickle { out: vec![0x80, 2], memo: Vec::new() };
    pickle.empty_ordered_dict();
    // Python's pickler sets as many items at a time.
    const BATCH: usize = 1000;
    for (n, batch) in tensors.chunks(BATCH).enumerate() {
        pickle.out.push(b'(');
        for (i, tensor) in batch.iter().enumerate() {
            pickle.out.extend(text(&tensor.name));
            pickle.tensor(n * BATCH + i, tensor);
        }
        pickle.out.push(b'u');
    }
    pickle.out.push(b'.');
    pickle.out
}

struct Pickle {
    out: Vec<u8>,
    /// The opcodes of values that were stored for use again; their places are their numbers.
    memo: Vec<Vec<u8>>,
}

impl Pickle {
    fn shared(&mut self, value: Vec<u8>) {
        if let Some(at) = self.memo.iter().position(|v| *v == value) {
            self.out.extend([b'h', at as u8]);
            return;
        }
        self.out.extend(&value);
        // Two functions, an OrderedDict, two words, at most one class or type for each dtype.
        self.out.extend([b'q', self.memo.len() as u8]);
        self.memo.push(value);
    }

    fn empty_ordered_dict(&mut self) {
        self.shared(global("collections", "OrderedDict"));
        self.out.extend(b")R");
    }

    fn numbers(&mut self, numbers: &[u64]) {
        self.out.push(b'(');
        numbers.iter().for_each(|&n| self.out.extend(int(n)));
        self.out.push(b't');
    }

    fn tensor(&mut self, i: usize, tensor: &OutTensor) {
        let class = STORAGES.iter().find(|(_, dtype)| *dtype == tensor.dtype).map(|(class, _)| *class);
        let (function, storage, count) = match class {
            Some(class) => {
                ("_rebuild_tensor_v2", global("torch", class), tensor.bytes() / tensor.dtype.size() as u64)
            }
            None => ("_rebuild_tensor_v3", global("torch.storage", "UntypedStorage"), tensor.bytes()),
        };
        self.shared(global("torch._utils", function));
        self.out.extend(b"((");
        self.shared(text("storage"));
        self.shared(storage);
        self.out.extend(text(&i.to_string()));
        self.shared(text("cpu"));
        self.out.extend(int(count));
        self.out.extend(b"tQ");
        self.out.extend(int(0));
        self.numbers(&tensor.shape);
        self.numbers(&strides(&tensor.shape));
        // No gradient, no hooks; the hooks must not be shared, since tensors keep the dict.
        self.out.push(0x89);
        self.empty_ordered_dict();
        if class.is_none() {
            self.shared(dtype(tensor.dtype));
        }
        self.out.extend(b"tR");
    }
}

fn dtype(dtype: Dtype) -> Vec<u8> {
    global("torch", dtype.torch_name())
}

/// torch counts an empty dimension as one.
fn strides(shape: &[u64]) -> Vec<u64> {
    let mut strides = vec![1; shape.len()];
    for i in (1..shape.len()).rev() {
        strides[i - 1] = strides[i] * shape[i].max(1);
    }
    strides
}

fn text(text: &str) -> Vec<u8> {
    let mut out = vec![b'X'];
    out.extend((text.len() as u32).to_le_bytes());
    out.extend(text.as_bytes());
    out
}

fn global(module: &str, name: &str) -> Vec<u8> {
    format!("c{module}\n{name}\n").into_bytes()
}

/// The shortest opcode, as Python's pickler chooses it.
fn int(n: u64) -> Vec<u8> {
    let bytes = n.to_le_bytes();
    let (op, len) = match n {
        0..=0xff => (b'K', 1),
        0x100..=0xffff => (b'M', 2),
        0x1_0000..=0x7fff_ffff => (b'J', 4),
        _ => {
            // The highest bit is the sign; sizes are far below it.
            let len = (n.ilog2() / 8 + 1 + u32::from(n.ilog2() % 8 == 7)).min(8) as u8;
            return [&[0x8a, len], &bytes[..usize::from(len)]].concat();
        }
    };
    [&[op], &bytes[..len]].concat()
}
