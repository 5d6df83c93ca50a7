//! `doctor`: what this machine can do, tried and not only asked.

use crate::screen::Screen;
use crate::{End, Ended};
use serde_json::{Value, json};
use std::path::Path;
use weldlm_messages::{Lang, Problem, catalogue::inspect as says};
use weldlm_output::{Probe, free_bytes, human, memory_available, probe};
use weldlm_tensor::Dtype;
use weldlm_tensor::kernels::{self as k, Level};

/// What was found.
struct Findings {
    processors: usize,
    level: Level,
    /// Values that were compared, or the kernel that failed and how often.
    self_test: Result<u64, (&'static str, u64)>,
    memory: Option<u64>,
    folder: String,
    disk: Option<u64>,
    probe: Result<Probe, String>,
    caches: Vec<(String, usize)>,
}

/// Runs the command.
pub fn run(screen: &Screen) -> Ended {
    let here = Path::new(".");
    let folder = std::path::absolute(here).unwrap_or_else(|_| here.to_path_buf()).display().to_string();
    let found = Findings {
        processors: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
        level: k::level(),
        self_test: self_test(),
        memory: memory_available(),
        folder,
        disk: free_bytes(here),
        probe: probe(here).map_err(|e| e.to_string()),
        caches: weldlm_source::caches().into_iter().map(|(p, n)| (p.display().to_string(), n)).collect(),
    };
    if screen.json {
        screen.value(&to_json(&found, screen.lang))
    } else {
        show(&found, screen)
    }
    match found.self_test {
        Ok(_) => Ok(End::Done),
        Err((kernel, count)) => {
            Err(Problem::new(&says::SELF_TEST_BAD).arg("kernel", kernel).arg("count", count).into())
        }
    }
}

fn level_name(level: Level) -> Option<&'static str> {
    match level {
        Level::Avx512 => Some("AVX-512"),
        Level::Avx2 => Some("AVX2 + FMA"),
        Level::Baseline => None,
    }
}

fn show(found: &Findings, screen: &Screen) {
    let say = |problem: Problem| screen.line(&problem.what(screen.lang));
    let bytes = |n: Option<u64>| n.map_or_else(|| Problem::new(&says::NOT_KNOWN).what(screen.lang), human);
    say(Problem::new(&says::VERSION).arg("version", env!("CARGO_PKG_VERSION")));
    say(Problem::new(&says::LANGUAGE));
    let processors = Problem::new(&says::PROCESSORS).arg("count", found.processors);
    say(match level_name(found.level) {
        Some(name) => processors.arg("level", name),
        None => processors.words("level", (&says::LEVEL_PLAIN).into()),
    });
    if let Ok(values) = found.self_test {
        say(Problem::new(&says::SELF_TEST_OK).arg("values", values));
    }
    say(Problem::new(&says::MEMORY).arg("bytes", bytes(found.memory)));
    say(Problem::new(&says::DISK).arg("bytes", bytes(found.disk)).arg("path", &found.folder));
    let works = |yes: bool| Problem::new(if yes { &says::WORKS } else { &says::WORKS_NOT });
    say(match &found.probe {
        Ok(probe) => Problem::new(&says::IO_PROBED)
            .words("direct", works(probe.direct))
            .words("reflink", works(probe.reflink)),
        Err(reason) => Problem::new(&says::IO_NOT_TRIED).arg("path", &found.folder).arg("reason", reason),
    });
    for (path, models) in &found.caches {
        say(Problem::new(&says::CACHE).arg("path", path).arg("models", models));
    }
    if found.caches.is_empty() {
        say(Problem::new(&says::CACHE_NONE));
    }
}

fn to_json(found: &Findings, lang: Lang) -> Value {
    let caches: Vec<Value> =
        found.caches.iter().map(|(path, models)| json!({"path": path, "models": models})).collect();
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "language": lang.tag(),
        "processors": found.processors,
        "kernels": level_name(found.level).unwrap_or("plain"),
        "self_test": {"passed": found.self_test.is_ok(), "values": found.self_test.ok()},
        "memory_available": found.memory,
        "folder": found.folder,
        "disk_free": found.disk,
        "direct_io": found.probe.as_ref().ok().map(|p| p.direct),
        "reflink": found.probe.as_ref().ok().map(|p| p.reflink),
        "caches": caches,
    })
}

/// Values in f32 of many magnitudes, the same on every machine.
fn noise(n: usize, seed: u32) -> Vec<f32> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state >> 8
    };
    (0..n).map(|i| (next() as f32 / (1 << 23) as f32 - 1.0) * 2f32.powi((i % 24) as i32 - 12)).collect()
}

/// Computes with the kernels in use here and with their plain references, and compares every bit.
fn self_test() -> Result<u64, (&'static str, u64)> {
    const ROWS: usize = 13;
    const COLUMNS: usize = 333;
    const N: usize = ROWS * COLUMNS;
    let mut compared = 0;
    let mut same = |kernel: &'static str, differing: usize, of: usize| {
        compared += of as u64;
        if differing == 0 { Ok(()) } else { Err((kernel, differing as u64)) }
    };
    let bits = |a: &[f32], b: &[f32]| a.iter().zip(b).filter(|(x, y)| x.to_bits() != y.to_bits()).count();
    for rank in [1, 16, 67] {
        let (left, right) = (noise(ROWS * rank, 1), noise(rank * COLUMNS, 2));
        let (mut fast, mut plain) = (vec![0f32; N], vec![0f32; N]);
        k::lowrank(&left, &right, rank, 0.7, &mut fast);
        k::lowrank_plain(&left, &right, rank, 0.7, &mut plain);
        same("low-rank", bits(&fast, &plain), N)?;
    }
    let values = noise(N, 3);
    type Half = (Dtype, fn(f32) -> u16, fn(u16) -> f32);
    let halves: [Half; 2] = [
        (Dtype::Bf16, k::f32_to_bf16, |h| f32::from_bits(u32::from(h) << 16)),
        (Dtype::F16, k::f32_to_f16, k::f16_to_f32),
    ];
    for (dtype, narrow, widen) in halves {
        let mut stored = vec![0u8; N * 2];
        k::encode(dtype, &values, &mut stored);
        let plain: Vec<u16> = values.iter().map(|v| narrow(*v)).collect();
        let fast = stored.as_chunks::<2>().0.iter().map(|b| u16::from_le_bytes(*b));
        same("rounding", fast.zip(&plain).filter(|(f, p)| f != *p).count(), N)?;
        let (mut fast, plain) = (vec![0f32; N], plain.iter().map(|h| widen(*h)).collect::<Vec<f32>>());
        k::decode(dtype, &stored, &mut fast);
        same("widening", bits(&fast, &plain), N)?;
        let (mut delta, mut new, mut out) = (noise(N, 4), vec![0f32; N], vec![0u8; N * 2]);
        let sums: Vec<u16> = fast.iter().zip(&delta).map(|(w, d)| narrow(w + d)).collect();
        let mut cell = k::Cell { base: (dtype, &stored), old: &fast, new: &mut new, delta: &mut delta };
        k::finish(&mut cell, true, dtype, &mut out);
        let added = out.as_chunks::<2>().0.iter().map(|b| u16::from_le_bytes(*b));
        same("adding", added.zip(&sums).filter(|(f, p)| f != *p).count(), N)?;
    }
    Ok(compared)
}
