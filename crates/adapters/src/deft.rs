//! DEFT: what W says in a learned subspace of the outputs is taken away and replaced: W + Q·(s·R − Q₂ᵀ·W), with Q₂ = Q
//! from a QR decomposition of P, or Q = P and Q₂ = relu(P). Layouts as in PEFT 0.20,
//! <https://huggingface.co/docs/peft/package_reference/deft>.
//!
//! Q₂ᵀ·W needs one look at the whole base, row by row; then the change is a product of factors.

use crate::kind::{Kind, Made, PLAIN, Parts, Wanted};
use crate::low_rank::LowRank;
use crate::rows::{outputs_inputs, product, unscaled};
use crate::{Bounded, Change, Config, Delta, Done, Edit, Rewrite, Target};
use weldlm_about::About;
use weldlm_messages::Problem;
use weldlm_tensor::math::{add_scaled, thin_q, transpose};
use weldlm_tensor::{MatrixRead, ReadFailed};

/// The type.
pub(crate) static KIND: Kind = Kind {
    about: About {
        name: "deft",
        summary: "DEFT on linear and Conv1D layers: qr and relu, with para",
        summary_zh: "DEFT：线性层与 Conv1D，支持 qr 与 relu 以及 para",
        link: "https://huggingface.co/docs/peft/package_reference/deft",
        limits: &["together with another adapter on the same tensor (it is not a sum)"],
    },
    peft_types: &["DEFT"],
    parts: &["deft_P", "deft_R"],
    edits,
    ..PLAIN
};

fn edits(parts: &Parts<'_>, config: &Config) -> Result<Vec<Edit>, Problem> {
    let p = parts.shaped("deft_P", &[0, 0])?;
    let (outputs, rank) = (p.shape[0], p.shape[1]);
    if rank == 0 || rank > outputs {
        return Err(parts.misshapen(p, "(*, r)"));
    }
    let qr = config.one_of("decomposition_method", &["relu", "qr"])? == "qr";
    let r = if config.flag("para", false) { None } else { Some(parts.shaped("deft_R", &[rank, 0])?) };
    let alpha = config.number("alpha", 0.0)?;
    let scaling = if alpha == 0.0 { 1.0 } else { alpha / rank as f64 };
    let wanted = Wanted { rows: Some(outputs), columns: r.map(|r| r.shape[1]), across: true };
    let names = (p.name.clone(), r.map(|r| r.name.clone()));
    let recipe = Made::rewrite(wanted, move |target, data| {
        let p = data.values(&names.0)?;
        let rank = rank as usize;
        let put: Vec<f32> = if qr { thin_q(&p, rank).iter().map(|v| *v as f32).collect() } else { p };
        let mut down = transpose(&put, outputs as usize);
        if !qr {
            down.iter_mut().for_each(|v| *v = v.max(0.0));
        }
        let added = match &names.1 {
            Some(r) => data.values(r)?.into_iter().map(|v| f64::from(v) * scaling).collect(),
            None => Vec::new(),
        };
        let finish = move |seen: &[f64]| {
            let added = added.iter().copied().chain(std::iter::repeat(0.0));
            seen.iter().zip(added).map(|(s, a)| (a - s) as f32).collect()
        };
        Ok(Change::Rewrite(Box::new(Seen::new(target, (put, down), rank, finish))))
    });
    Ok(vec![Edit { rank: Some(rank), scaling, ..parts.edit("weight", recipe) }])
}

type Finish = dyn Fn(&[f64]) -> Vec<f32> + Send + Sync;

/// W + left·f(down·W): left is (outputs, rank), down (rank, outputs), f maps (rank, inputs) to the same.
pub(crate) struct Seen {
    target: Target,
    left: Vec<f32>,
    down: Vec<f32>,
    rank: usize,
    finish: Box<Finish>,
    update: LowRank,
}

impl Seen {
    pub(crate) fn new<F>(target: &Target, (left, down): (Vec<f32>, Vec<f32>), rank: usize, finish: F) -> Seen
    where
        F: Fn(&[f64]) -> Vec<f32> + Send + Sync + 'static,
    {
        let target = unscaled(target);
        let update = product(&target, (Vec::new(), Vec::new()), rank, 1.0);
        Seen { target, left, down, rank, finish: Box::new(finish), update }
    }
}

impl Rewrite for Seen {
    fn prepare(&mut self, base: &dyn MatrixRead) -> Done {
        let ((rows, columns), (outputs, inputs)) = (base.shape(), outputs_inputs(&self.target));
        let mut seen = vec![0f64; self.rank * inputs];
        let mut line = vec![0f32; columns];
        for row in 0..rows {
            base.rows(row, &mut line)?;
            for (down, seen) in
                self.down.chunks_exact(outputs.max(1)).zip(seen.chunks_exact_mut(inputs.max(1)))
            {
                if self.target.transposed {
                    seen[row] = line.iter().zip(down).map(|(w, d)| f64::from(*w) * f64::from(*d)).sum();
                } else {
                    add_scaled(seen, f64::from(down[row]), &line);
                }
            }
        }
        let factors = (std::mem::take(&mut self.left), (self.finish)(&seen));
        self.update = product(&self.target, factors, self.rank, 1.0);
        Ok(())
    }

    fn rewrite(&self, row: usize, old: &[f32], new: &mut [f32], _base: &dyn MatrixRead) -> Done {
        self.update.fill(row, new);
        new.iter_mut().zip(old).for_each(|(n, o)| *n += o);
        Ok(())
    }

    fn exact(&self, row: usize, old: &[f64], _base: &dyn MatrixRead) -> Result<Vec<Bounded>, ReadFailed> {
        let update = self.update.exact(row).into_iter().zip(old);
        Ok(update.map(|((d, off), o)| (o + d, off)).collect())
    }
}
