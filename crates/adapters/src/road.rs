//! RoAd: pairs of outputs are turned in their plane and stretched. Liao and Monz 2024,
//! <https://arxiv.org/abs/2409.00119>; layouts as in PEFT 0.20. Within each group of g outputs, k goes with k + g/2, so a
//! new row needs another row of the base beside its own. The bias is turned with the outputs.

use crate::kind::{Kind, Made, PLAIN, Parts, Wanted};
use crate::rows::map;
use crate::{Bounded, Change, Config, Done, Edit, Rewrite};
use weldlm_about::About;
use weldlm_messages::Problem;
use weldlm_tensor::{MatrixRead, ReadFailed};

/// The type.
pub(crate) static KIND: Kind = Kind {
    about: About {
        name: "road",
        summary: "RoAd on linear layers with their biases: road_1, road_2, road_4",
        summary_zh: "RoAd：线性层及其偏置，支持 road_1、road_2、road_4",
        link: "https://arxiv.org/abs/2409.00119",
        limits: &["together with another adapter on the same tensor (it is not a sum)"],
    },
    peft_types: &["ROAD"],
    parts: &["road_theta", "road_alpha"],
    edits,
    ..PLAIN
};

/// Output i becomes `along[i]`·own + `across[i]`·partner.
struct Turn {
    group: usize,
    along: Vec<f64>,
    across: Vec<f64>,
}

impl Turn {
    fn new(variant: &str, group: usize, theta: &[f32], alpha: &[f32]) -> Turn {
        let (half, theta_len) = (group / 2, theta.len());
        let outputs = match variant {
            "road_2" => theta_len,
            "road_4" => theta_len / 2,
            _ => theta_len * 2,
        };
        // Where the angles and lengths of the cosine and of the sine stand.
        let places = |i: usize| match variant {
            "road_2" => (i, i),
            "road_4" => (i / group * 2 * group + i % group, (i / group * 2 + 1) * group + i % group),
            _ => (i / group * half + i % half, i / group * half + i % half),
        };
        let number = |values: &[f32], i: usize| f64::from(values[i]);
        let along = |i: usize| number(alpha, places(i).0) * number(theta, places(i).0).cos();
        let across = |i: usize| {
            let sine = number(alpha, places(i).1) * number(theta, places(i).1).sin();
            if i % group < half { -sine } else { sine }
        };
        Turn { group, along: (0..outputs).map(along).collect(), across: (0..outputs).map(across).collect() }
    }

    fn partner(&self, output: usize) -> usize {
        let half = self.group / 2;
        if output % self.group < half { output + half } else { output - half }
    }
}

impl Rewrite for Turn {
    fn rewrite(&self, row: usize, old: &[f32], new: &mut [f32], base: &dyn MatrixRead) -> Done {
        let columns = base.shape().1;
        let mut other = vec![0f32; columns];
        for (i, (old, new)) in old.chunks_exact(columns).zip(new.chunks_exact_mut(columns)).enumerate() {
            base.rows(self.partner(row + i), &mut other)?;
            let (along, across) = (self.along[row + i], self.across[row + i]);
            for ((n, o), other) in new.iter_mut().zip(old).zip(&other) {
                *n = (along * f64::from(*o) + across * f64::from(*other)) as f32;
            }
        }
        Ok(())
    }

    fn exact(&self, row: usize, old: &[f64], base: &dyn MatrixRead) -> Result<Vec<Bounded>, ReadFailed> {
        let mut other = vec![0f32; old.len()];
        base.rows(self.partner(row), &mut other)?;
        let (along, across) = (self.along[row], self.across[row]);
        let value = |(o, other): (&f64, &f32)| along * o + across * f64::from(*other);
        Ok(old.iter().zip(&other).map(value).map(|v| (v, v.abs() * 2f64.powi(-24))).collect())
    }
}

fn edits(parts: &Parts<'_>, config: &Config) -> Result<Vec<Edit>, Problem> {
    let variant = config.one_of("variant", &["road_1", "road_2", "road_4"])?;
    let group = config.count("group_size", 64, u32::MAX.into())?;
    let theta = parts.shaped("road_theta", &[0])?;
    let elements = theta.shape[0];
    let alpha = parts.shaped("road_alpha", &[elements])?;
    let outputs = match variant {
        "road_2" => elements,
        "road_4" => elements / 2,
        _ => elements * 2,
    };
    if group == 0 || !group.is_multiple_of(2) || !outputs.is_multiple_of(group) {
        return Err(parts.misshapen(theta, &format!("group_size {group}")));
    }
    let names = [theta.name.clone(), alpha.name.clone()];
    let of_bias = names.clone();
    let weight = Made::rewrite(Wanted::rows(outputs).upright(), move |_, data| {
        let (theta, alpha) = (data.values(&names[0])?, data.values(&names[1])?);
        Ok(Change::Rewrite(Box::new(Turn::new(variant, group as usize, &theta, &alpha))))
    });
    let bias = Made::rewrite(Wanted::vector(outputs), move |target, data| {
        let (theta, alpha) = (data.values(&of_bias[0])?, data.values(&of_bias[1])?);
        let turn = Turn::new(variant, group as usize, &theta, &alpha);
        Ok(map(target, move |_, values| {
            let old = values.to_vec();
            for (i, value) in values.iter_mut().enumerate() {
                *value = turn.along[i] * old[i] + turn.across[i] * old[turn.partner(i)];
            }
        }))
    });
    let bias = Edit { may_be_absent: true, ..parts.edit("bias", bias) };
    Ok(vec![parts.edit("weight", weight), bias])
}
