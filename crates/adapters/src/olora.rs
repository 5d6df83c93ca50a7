//! OLoRA, saved without conversion: training started from W − s·Q_r·R_r, which is computed again here.
//! Büyükakyüz 2024, <https://arxiv.org/abs/2406.01775>; `olora_init` of PEFT 0.20.
//!
//! Q_r spans the first r columns of W, and R_r = Q_rᵀ·W, so only those columns need to be orthogonalised. Signs
//! cancel in the product.

use crate::{AdapterKind, Config, Edit, Site, lora, residual};
use weldlm_about::About;
use weldlm_messages::Problem;

/// The type.
pub(crate) struct Olora;

const ABOUT: About = About {
    name: "olora",
    summary: "OLoRA adapters saved without conversion, on the original base",
    summary_zh: "未经转换保存的 OLoRA 适配器，合并到原始基座",
    link: "https://arxiv.org/abs/2406.01775",
    limits: &["Conv1D storage"],
};

impl AdapterKind for Olora {
    fn about(&self) -> &About {
        &ABOUT
    }

    fn peft_types(&self) -> &'static [&'static str] {
        &["LORA"]
    }

    fn parts(&self) -> &'static [&'static str] {
        &["lora_A", "lora_B"]
    }

    fn claims(&self, site: &Site, config: &Config) -> bool {
        config.init == "olora"
            && !site.has("lora_embedding_A")
            && site.parts.iter().any(|p| lora::PARTS.contains(&p.part))
    }

    fn edits(&self, site: &Site, config: &Config) -> Result<Vec<Edit>, Problem> {
        residual::edits(site, config, ABOUT.name, (first_part, false))
    }
}

fn first_part(
    weight: &[f32],
    (rows, columns): (usize, usize),
    rank: usize,
    scaling: f64,
) -> Result<(Vec<f32>, Vec<f32>), String> {
    let rank = rank.min(rows).min(columns);
    let mut q: Vec<Vec<f64>> = Vec::with_capacity(rank);
    for k in 0..rank {
        let mut column: Vec<f64> = (0..rows).map(|i| f64::from(weight[i * columns + k])).collect();
        // Twice is enough: Gram-Schmidt with one repetition is orthogonal to working precision.
        for _ in 0..2 {
            for earlier in &q {
                let dot: f64 = earlier.iter().zip(&column).map(|(a, b)| a * b).sum();
                column.iter_mut().zip(earlier).for_each(|(c, e)| *c -= dot * e);
            }
        }
        let norm = column.iter().map(|v| v * v).sum::<f64>().sqrt();
        if norm == 0.0 || !norm.is_finite() {
            return Err(format!("column {k} of the base depends on the columns before it"));
        }
        column.iter_mut().for_each(|v| *v /= norm);
        q.push(column);
    }
    let mut left = vec![0f32; rows * rank];
    let mut right = vec![0f32; rank * columns];
    for (k, q) in q.iter().enumerate() {
        let mut r = vec![0f64; columns];
        for (i, q) in q.iter().enumerate() {
            left[i * rank + k] = *q as f32;
            let row = &weight[i * columns..(i + 1) * columns];
            r.iter_mut().zip(row).for_each(|(r, w)| *r += q * f64::from(*w));
        }
        for (to, r) in right[k * columns..(k + 1) * columns].iter_mut().zip(&r) {
            *to = (r * scaling) as f32;
        }
    }
    Ok((left, right))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_rank_takes_everything_away() {
        let w: Vec<f32> = (0..12).map(|i| ((i * i) as f32 * 0.37).sin()).collect();
        let (left, right) = first_part(&w, (4, 3), 3, 1.0).unwrap();
        let mut back = vec![0f32; 12];
        weldlm_tensor::kernels::lowrank_plain(&left, &right, 3, 1.0, &mut back);
        assert!(w.iter().zip(&back).all(|(a, b)| (a - b).abs() < 1e-6));
        assert!(first_part(&[0.0; 4], (2, 2), 1, 1.0).is_err());
    }
}
