//! HiRA: W∘(1 + B·A). Huang et al. 2025, <https://openreview.net/forum?id=TwJrTz9cRS>; layouts as in PEFT 0.20, which has no
//! scale beside the factors.

use crate::kind::{Kind, Made, PLAIN, Parts, Wanted};
use crate::low_rank::{Factors, Layer, LowRank};
use crate::rows::unscaled;
use crate::{Bounded, Change, Config, Delta, Done, Edit, Rewrite, lora};
use weldlm_about::About;
use weldlm_messages::Problem;
use weldlm_tensor::{MatrixRead, ReadFailed, as_matrix};

/// The type.
pub(crate) static KIND: Kind = Kind {
    about: About {
        name: "hira",
        summary: "HiRA on linear, Conv1D, convolution and embedding layers",
        summary_zh: "HiRA：线性层、Conv1D、卷积层与词嵌入层",
        link: "https://openreview.net/forum?id=TwJrTz9cRS",
        limits: &["together with another adapter on the same tensor (it is not a sum)"],
    },
    peft_types: &["HIRA"],
    parts: &["hira_A", "hira_B", "hira_embedding_A", "hira_embedding_B"],
    edits,
    ..PLAIN
};

fn edits(parts: &Parts<'_>, _config: &Config) -> Result<Vec<Edit>, Problem> {
    let factors =
        Factors::named(parts.site, [["hira_A", "hira_B"], ["hira_embedding_A", "hira_embedding_B"]])?;
    let zero_if = factors.names();
    let (own, shape) = (factors.clone(), factors.shape());
    let (rows, columns) = as_matrix(&shape);
    let wanted = Wanted { rows: Some(rows), columns: Some(columns), across: factors.layer == Layer::Linear };
    let recipe = Made::rewrite(wanted, move |target, data| {
        Ok(Change::Rewrite(Box::new(Factor(own.load(&unscaled(target), data)?))))
    });
    let recipe = Box::new(recipe);
    let edit = lora::edit(parts.site, parts.kind, factors, Vec::new(), recipe);
    Ok(vec![Edit { alpha: None, zero_if, ..edit }])
}

struct Factor(LowRank);

impl Rewrite for Factor {
    fn rewrite(&self, row: usize, old: &[f32], new: &mut [f32], _base: &dyn MatrixRead) -> Done {
        self.0.fill(row, new);
        new.iter_mut().zip(old).for_each(|(n, o)| *n = n.mul_add(*o, *o));
        Ok(())
    }

    fn exact(&self, row: usize, old: &[f64], _base: &dyn MatrixRead) -> Result<Vec<Bounded>, ReadFailed> {
        let factors = self.0.exact(row).into_iter().zip(old);
        Ok(factors.map(|((f, off), o)| (o + o * f, o.abs() * (off + f.abs() * 2f64.powi(-23)))).collect())
    }
}
