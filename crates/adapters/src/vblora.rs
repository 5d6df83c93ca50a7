//! VB-LoRA: the factors of a LoRA are put together from a bank of vectors that all modules share, each sub-vector a
//! mixture of its k best. Li et al. 2024, <https://arxiv.org/abs/2405.15179>; layouts as in PEFT 0.20, which saves all
//! logits or, more compactly, the chosen indices and all weights but the last.

use crate::kind::{Kind, Made, PLAIN, Parts, Wanted};
use crate::rows::product;
use crate::{AdapterData, Change, Config, Edit, TensorHead};
use weldlm_about::About;
use weldlm_messages::{Problem, catalogue::adapter as says};
use weldlm_tensor::math::{self};

/// The type.
pub(crate) static KIND: Kind = Kind {
    about: About {
        name: "vblora",
        summary: "VB-LoRA on linear and Conv1D layers, saved in full or as top-k weights",
        summary_zh: "VB-LoRA：线性层与 Conv1D，支持完整保存与仅保存 top-k 权重",
        link: "https://arxiv.org/abs/2405.15179",
        limits: &[],
    },
    peft_types: &["VBLORA"],
    parts: &[
        "vblora_logits_A",
        "vblora_logits_B",
        "vblora_logits_A_topk_indices",
        "vblora_logits_A_topk_weights",
        "vblora_logits_B_topk_indices",
        "vblora_logits_B_topk_weights",
        "vblora_vector_bank",
    ],
    shared: &["vblora_vector_bank"],
    edits,
    ..PLAIN
};

/// Which vectors of the bank make up the sub-vectors of a factor.
enum Choice {
    Logits(TensorHead, usize),
    TopK(TensorHead, TensorHead),
}

impl Choice {
    /// The choice and the two leading dimensions of its tensors.
    fn of(
        parts: &Parts<'_>,
        factor: &str,
        (vectors, top_k): (u64, usize),
    ) -> Result<(Choice, [u64; 2]), Problem> {
        let logits = format!("vblora_logits_{factor}");
        let indices = format!("{logits}_topk_indices");
        if parts.get(&indices).is_none() {
            let head = parts.shaped(&logits, &[0, 0, vectors])?;
            return Ok((Choice::Logits(head.clone(), top_k), [head.shape[0], head.shape[1]]));
        }
        let indices = parts.need(&indices)?;
        let [first, second, k] = indices.shape[..] else {
            return Err(parts.misshapen(indices, "(*, *, k)"));
        };
        let name = format!("{logits}_topk_weights");
        let weights = parts.need(&name)?;
        if weights.shape != [first, second, k.saturating_sub(1)] || k == 0 || !weights.dtype.is_float() {
            return Err(parts.misshapen(weights, &format!("({first}, {second}, {})", k.saturating_sub(1))));
        }
        Ok((Choice::TopK(indices.clone(), weights.clone()), [first, second]))
    }

    /// For every sub-vector, in order: the vectors it mixes and their weights.
    fn mixtures(&self, data: &dyn AdapterData) -> Result<Vec<Vec<(usize, f64)>>, Problem> {
        match self {
            Choice::Logits(head, top_k) => {
                let (values, n) = (data.values(&head.name)?, head.shape[2] as usize);
                Ok(values.chunks_exact(n).map(|logits| best(logits, *top_k)).collect())
            }
            Choice::TopK(indices, weights) => {
                let (chosen, kept) = (data.indices(&indices.name)?, data.values(&weights.name)?);
                let k = indices.shape[2] as usize;
                let mixture = |(i, chosen): (usize, &[i64])| {
                    let kept = kept[i * (k - 1)..(i + 1) * (k - 1)].iter().map(|w| f64::from(*w));
                    let last = 1.0 - kept.clone().sum::<f64>();
                    let at = chosen.iter().map(|c| usize::try_from(*c).unwrap_or(usize::MAX));
                    at.zip(kept.chain([last])).collect()
                };
                Ok(chosen.chunks_exact(k).enumerate().map(mixture).collect())
            }
        }
    }

    /// The sub-vectors one after the other.
    fn mix(&self, bank: &[f32], length: usize, data: &dyn AdapterData) -> Result<Vec<f32>, Problem> {
        let mut out = Vec::new();
        let mut line = vec![0f64; length];
        for mixture in self.mixtures(data)? {
            line.fill(0.0);
            for (at, weight) in mixture {
                let vector = bank.chunks_exact(length).nth(at).ok_or_else(|| {
                    Problem::new(&says::INDEX_OUT_OF_RANGE)
                        .arg("module", "vblora_vector_bank")
                        .arg("tensor", "topk_indices")
                        .arg("index", at)
                        .arg("shape", format!("({}, {length})", bank.len() / length))
                })?;
                math::add_scaled(&mut line, weight, vector);
            }
            out.extend(line.iter().map(|v| *v as f32));
        }
        Ok(out)
    }
}

/// The k largest logits, as softmax weights.
fn best(logits: &[f32], k: usize) -> Vec<(usize, f64)> {
    let mut order: Vec<usize> = (0..logits.len()).collect();
    order.sort_by(|a, b| logits[*b].total_cmp(&logits[*a]));
    order.truncate(k);
    let Some(largest) = order.first().map(|i| f64::from(logits[*i])) else { return Vec::new() };
    let powers: Vec<f64> = order.iter().map(|i| (f64::from(logits[*i]) - largest).exp()).collect();
    let total: f64 = powers.iter().sum();
    order.into_iter().zip(powers).map(|(i, p)| (i, p / total)).collect()
}

fn edits(parts: &Parts<'_>, config: &Config) -> Result<Vec<Edit>, Problem> {
    let bank = parts.shaped("vblora_vector_bank", &[0, 0])?;
    let (vectors, length) = (bank.shape[0], bank.shape[1]);
    if vectors == 0 || length == 0 {
        return Err(parts.misshapen(bank, "(h, v)"));
    }
    let of_bank = (vectors, config.count("topk", 2, u32::MAX.into())? as usize);
    let (a, [rank, inputs]) = Choice::of(parts, "A", of_bank)?;
    let (b, [outputs, rank_of_b]) = Choice::of(parts, "B", of_bank)?;
    if rank != rank_of_b || rank == 0 {
        return Err(parts.misshapen(bank, &format!("rank {rank}, {rank_of_b}")));
    }
    let name = bank.name.clone();
    let recipe = Made::sum(Wanted::matrix(outputs * length, inputs * length), move |target, data| {
        let (bank, length, rank) = (data.values(&name)?, length as usize, rank as usize);
        let right = a.mix(&bank, length, data)?;
        // (outputs / length, rank, length) becomes (outputs, rank).
        let pieces = b.mix(&bank, length, data)?;
        let mut left = Vec::with_capacity(pieces.len());
        for piece in pieces.chunks_exact(rank * length) {
            left.extend(math::transpose(piece, rank));
        }
        Ok(Change::Add(Box::new(product(target, (left, right), rank, 1.0))))
    });
    let zero_if = vec![bank.name.clone()];
    Ok(vec![Edit { rank: Some(rank), zero_if, ..parts.edit("weight", recipe) }])
}
