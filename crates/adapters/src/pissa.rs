//! PiSSA, saved without conversion: training started from W minus its top-r singular part, which is computed
//! again here. Meng et al. 2024, <https://arxiv.org/abs/2404.02948>; `pissa_init` of PEFT 0.20.
//!
//! The part is U_r·U_rᵀ·W (or W·V_r·V_rᵀ, whichever side is smaller), with the singular vectors taken from the
//! f64 eigenvectors of the Gram matrix: the scale of the adapter cancels.

use crate::{AdapterKind, Config, Edit, Site, lora, residual};
use faer::{Mat, Side};
use weldlm_about::About;
use weldlm_messages::Problem;

/// The type.
pub(crate) struct Pissa;

const ABOUT: About = About {
    name: "pissa",
    summary: "PiSSA adapters saved without conversion, on the original base",
    summary_zh: "未经转换保存的 PiSSA 适配器，合并到原始基座",
    link: "https://arxiv.org/abs/2404.02948",
    limits: &["pissa_niter_N (its random start cannot be repeated)"],
};

impl AdapterKind for Pissa {
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
        config.init == "pissa"
            && !site.has("lora_embedding_A")
            && site.parts.iter().any(|p| lora::PARTS.contains(&p.part))
    }

    fn edits(&self, site: &Site, config: &Config) -> Result<Vec<Edit>, Problem> {
        residual::edits(site, config, ABOUT.name, (top_part, true))
    }
}

/// U_r·U_rᵀ·W (or W·V_r·V_rᵀ), as two factors.
pub(crate) fn top_part(
    weight: &[f32],
    (rows, columns): (usize, usize),
    rank: usize,
    _scaling: f64,
) -> Result<(Vec<f32>, Vec<f32>), String> {
    let w = Mat::from_fn(rows, columns, |i, j| f64::from(weight[i * columns + j]));
    let by_rows = rows <= columns;
    let gram = if by_rows { &w * w.transpose() } else { w.transpose() * &w };
    let eigen = gram
        .self_adjoint_eigen(Side::Lower)
        .map_err(|e| format!("the singular vectors of the base could not be computed ({e:?})"))?;
    // Eigenvalues come in ascending order.
    let n = gram.nrows();
    let top = Mat::from_fn(n, rank.min(n), |i, k| eigen.U()[(i, n - 1 - k)]);
    let (left, right) =
        if by_rows { (top.clone(), top.transpose() * &w) } else { (&w * &top, top.transpose().to_owned()) };
    let flat = |m: &Mat<f64>| {
        let mut out = Vec::with_capacity(m.nrows() * m.ncols());
        for i in 0..m.nrows() {
            out.extend((0..m.ncols()).map(|j| m[(i, j)] as f32));
        }
        out
    };
    Ok((flat(&left), flat(&right)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_away_exactly_a_low_rank_matrix() {
        // A matrix of rank 2 is its own top part, whichever way it lies.
        for (rows, columns) in [(5, 9), (9, 5)] {
            let u: Vec<f32> = (0..rows * 2).map(|i| (i as f32 * 0.7).sin()).collect();
            let v: Vec<f32> = (0..2 * columns).map(|i| (i as f32 * 1.3).cos()).collect();
            let mut w = vec![0f32; rows * columns];
            weldlm_tensor::kernels::lowrank_plain(&u, &v, 2, 1.0, &mut w);
            let (left, right) = top_part(&w, (rows, columns), 2, 1.0).unwrap();
            let mut back = vec![0f32; w.len()];
            weldlm_tensor::kernels::lowrank_plain(&left, &right, 2, 1.0, &mut back);
            assert!(w.iter().zip(&back).all(|(a, b)| (a - b).abs() < 1e-6), "{rows}x{columns}");
        }
    }
}
