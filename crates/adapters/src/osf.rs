//! OSF: the upper part of W's singular values stays, the lower part was trained and stands in the file.
//! Nayak et al. 2025, <https://arxiv.org/abs/2504.07097>; layouts as in PEFT 0.20.

use crate::kind::{Kind, Made, PLAIN, Parts, Wanted};
use crate::low_rank::LowRank;
use crate::rows::{product, unscaled};
use crate::{Bounded, Change, Config, Delta, Done, Edit, Rewrite, pissa};
use weldlm_about::About;
use weldlm_messages::Problem;
use weldlm_tensor::{MatrixRead, ReadFailed};

/// The type.
pub(crate) static KIND: Kind = Kind {
    about: About {
        name: "osf",
        summary: "OSF (orthogonal subspace fine-tuning) on linear layers",
        summary_zh: "OSF（正交子空间微调）：线性层",
        link: "https://arxiv.org/abs/2504.07097",
        limits: &["together with another adapter on the same tensor (it is not a sum)"],
    },
    peft_types: &["OSF"],
    parts: &["osf_svd_params"],
    leaves: &["U_low", "S_low", "V_low"],
    edits,
    ..PLAIN
};

fn edits(parts: &Parts<'_>, _config: &Config) -> Result<Vec<Edit>, Problem> {
    let get = |leaf: &str| parts.site.get("osf_svd_params", leaf);
    let (Some(u), Some(s), Some(v)) = (get("U_low"), get("S_low"), get("V_low")) else {
        let found = parts.need("osf_svd_params")?;
        return Err(parts.misshapen(found, "U_low, S_low, V_low"));
    };
    let low = s.shape.iter().product::<u64>();
    let (&[outputs, of_u], &[of_v, inputs]) = (&u.shape[..], &v.shape[..]) else {
        return Err(parts.misshapen(u, "(*, k)"));
    };
    let high = outputs.min(inputs).checked_sub(low);
    let (Some(high), true) = (high, of_u == low && of_v == low && s.shape.len() == 1) else {
        return Err(parts.misshapen(s, &format!("({of_u})")));
    };
    if let Some(head) = [u, s, v].into_iter().find(|head| !head.dtype.is_float()) {
        return Err(parts.misshapen(head, "floats"));
    }
    let names = [u, s, v].map(|head| head.name.clone());
    let recipe = Made::rewrite(Wanted::matrix(outputs, inputs).upright(), move |target, data| {
        let (u, s, mut v) = (data.values(&names[0])?, data.values(&names[1])?, data.values(&names[2])?);
        for (line, s) in v.chunks_exact_mut((inputs as usize).max(1)).zip(&s) {
            line.iter_mut().for_each(|v| *v *= s);
        }
        let target = unscaled(target);
        let trained = product(&target, (u, v), low as usize, 1.0);
        let kept = product(&target, (Vec::new(), Vec::new()), high as usize, 1.0);
        Ok(Change::Rewrite(Box::new(Halves { kept, trained })))
    });
    Ok(vec![Edit { rank: Some(low), ..parts.edit("weight", recipe.of_whole_matrix()) }])
}

struct Halves {
    kept: LowRank,
    trained: LowRank,
}

impl Rewrite for Halves {
    fn prepare(&mut self, base: &dyn MatrixRead) -> Done {
        let (rows, columns) = base.shape();
        let mut weight = vec![0f32; rows * columns];
        base.rows(0, &mut weight)?;
        let part = pissa::top_part(&weight, (rows, columns), self.kept.rank, 1.0);
        (self.kept.left, self.kept.right) = part.map_err(ReadFailed)?;
        Ok(())
    }

    fn rewrite(&self, row: usize, _old: &[f32], new: &mut [f32], _base: &dyn MatrixRead) -> Done {
        self.kept.fill(row, new);
        let mut trained = vec![0f32; new.len()];
        self.trained.fill(row, &mut trained);
        new.iter_mut().zip(&trained).for_each(|(n, t)| *n += t);
        Ok(())
    }

    fn exact(&self, row: usize, _old: &[f64], _base: &dyn MatrixRead) -> Result<Vec<Bounded>, ReadFailed> {
        let both = self.kept.exact(row).into_iter().zip(self.trained.exact(row));
        Ok(both.map(|(a, b)| (a.0 + b.0, a.1 + b.1)).collect())
    }
}
