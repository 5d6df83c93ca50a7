//! What PiSSA and OLoRA share: training started from a base of which a low-rank part had been taken away, so
//! the merge takes the same part away before it adds the adapter.

use crate::low_rank::{Factors, LowRank, show};
use crate::{
    AdapterData, Bounded, Change, Config, Delta, Done, Edit, Fit, Recipe, Rewrite, Site, Stage, Target, lora,
};
use weldlm_messages::Problem;
use weldlm_tensor::{Dtype, MatrixRead, ReadFailed, kernels};

/// The part that is taken away: left · right, of the base matrix (f32, rows × columns, row-major), computed
/// from the rank and the adapter's scale.
pub(crate) type Part = fn(&[f32], (usize, usize), usize, f64) -> Result<(Vec<f32>, Vec<f32>), String>;

/// Edits of a site whose base loses `part` first. `across` says whether a transposed base is possible.
pub(crate) fn edits(
    site: &Site,
    config: &Config,
    kind: &'static str,
    (part, across): (Part, bool),
) -> Result<Vec<Edit>, Problem> {
    let factors = Factors::of(site, config)?;
    let recipe = Box::new(FromResidual { factors: factors.clone(), part, across });
    Ok(vec![lora::edit(site, kind, factors, Vec::new(), recipe)])
}

struct FromResidual {
    factors: Factors,
    part: Part,
    across: bool,
}

impl Recipe for FromResidual {
    fn stage(&self) -> Stage {
        Stage::Update
    }

    fn needs_whole_matrix(&self) -> bool {
        true
    }

    fn expects(&self) -> String {
        show(&self.factors.shape())
    }

    fn fits(&self, shape: &[u64]) -> Fit {
        match self.factors.fits(shape) {
            Fit::Either if !self.across => Fit::Yes,
            Fit::Transposed if !self.across => Fit::No,
            fit => fit,
        }
    }

    fn load(&self, target: &Target, data: &dyn AdapterData) -> Result<Change, Problem> {
        let update = self.factors.load(target, data)?;
        let taken = LowRank {
            left: Vec::new(),
            right: Vec::new(),
            rank: update.rank,
            columns: update.columns,
            scale: 1.0,
        };
        Ok(Change::Rewrite(Box::new(Residual {
            update,
            taken,
            part: self.part,
            scaling: self.factors.scaling,
            dtype: target.dtype,
        })))
    }
}

struct Residual {
    update: LowRank,
    taken: LowRank,
    part: Part,
    scaling: f64,
    dtype: Dtype,
}

/// PEFT stores the residual in the base's own type before training starts on it.
fn round_to(dtype: Dtype, values: &mut [f32]) {
    let mut bytes = vec![0u8; values.len() * dtype.size()];
    kernels::encode(dtype, values, &mut bytes);
    kernels::decode(dtype, &bytes, values);
}

impl Rewrite for Residual {
    fn prepare(&mut self, base: &dyn MatrixRead) -> Done {
        let (rows, columns) = base.shape();
        let mut weight = vec![0f32; rows * columns];
        base.rows(0, &mut weight)?;
        let (left, right) =
            (self.part)(&weight, (rows, columns), self.taken.rank, self.scaling).map_err(ReadFailed)?;
        self.taken.left = left;
        self.taken.right = right;
        Ok(())
    }

    fn rewrite(&self, row: usize, old: &[f32], new: &mut [f32], _base: &dyn MatrixRead) -> Done {
        self.taken.fill(row, new);
        for (n, o) in new.iter_mut().zip(old) {
            *n = o - *n;
        }
        round_to(self.dtype, new);
        let mut delta = vec![0f32; new.len()];
        self.update.fill(row, &mut delta);
        for (n, d) in new.iter_mut().zip(&delta) {
            *n += d;
        }
        Ok(())
    }

    fn exact(&self, row: usize, old: &[f64], _base: &dyn MatrixRead) -> Result<Vec<Bounded>, ReadFailed> {
        let parts = self.taken.exact(row).into_iter().zip(self.update.exact(row));
        let element = |(old, (taken, update)): (&f64, (Bounded, Bounded))| {
            let residual = old - taken.0;
            // The residual is rounded to the base's type on the way; a tie may fall either way.
            let rounding = self.dtype.ulp(residual);
            (residual + update.0, taken.1 + update.1 + rounding)
        };
        Ok(old.iter().zip(parts).map(element).collect())
    }
}
