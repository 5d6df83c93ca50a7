//! HRA: W·Π(I − 2·uᵢ·uᵢᵀ), Householder reflections of the inputs. Yuan et al. 2024,
//! <https://arxiv.org/abs/2405.17484>; layouts as in PEFT 0.20. With apply_GS the uᵢ are orthonormalised first.

use crate::kind::{Kind, Made, PLAIN, Parts, Wanted};
use crate::rows::map;
use crate::{Config, Edit};
use weldlm_about::About;
use weldlm_messages::{Problem, catalogue::adapter as says};
use weldlm_tensor::math::{dot, transpose};

/// The type.
pub(crate) static KIND: Kind = Kind {
    about: About {
        name: "hra",
        summary: "HRA (Householder reflections) on linear and Conv2d layers, with or without Gram-Schmidt",
        summary_zh: "HRA（Householder 反射）：线性层与 Conv2d，可选 Gram-Schmidt",
        link: "https://arxiv.org/abs/2405.17484",
        limits: &["together with another adapter on the same tensor (it is not a sum)"],
    },
    peft_types: &["HRA"],
    parts: &["hra_u"],
    edits,
    ..PLAIN
};

fn edits(parts: &Parts<'_>, config: &Config) -> Result<Vec<Edit>, Problem> {
    let head = parts.shaped("hra_u", &[0, 0])?;
    let (inputs, rank) = (head.shape[0], head.shape[1]);
    let orthogonal = config.flag("apply_GS", false);
    let name = head.name.clone();
    let recipe = Made::rewrite(Wanted::columns(Some(inputs)).upright(), move |target, data| {
        let by_mirror = transpose(&data.values(&name)?, inputs as usize);
        let mut mirrors: Vec<Vec<f64>> = Vec::with_capacity(rank as usize);
        for mirror in by_mirror.chunks_exact((inputs as usize).max(1)) {
            let mut mirror: Vec<f64> = mirror.iter().map(|v| f64::from(*v)).collect();
            for earlier in mirrors.iter().filter(|_| orthogonal) {
                let along = dot(earlier, &mirror);
                mirror.iter_mut().zip(earlier).for_each(|(m, e)| *m -= along * e);
            }
            let norm = dot(&mirror, &mirror).sqrt();
            if norm == 0.0 {
                return Err(Problem::new(&says::SINGULAR).at(&name));
            }
            mirror.iter_mut().for_each(|v| *v /= norm);
            mirrors.push(mirror);
        }
        Ok(map(target, move |_, values| {
            for mirror in &mirrors {
                let along = 2.0 * dot(mirror, values);
                values.iter_mut().zip(mirror).for_each(|(v, m)| *v -= along * m);
            }
        }))
    });
    Ok(vec![Edit { rank: Some(rank), ..parts.edit("weight", recipe) }])
}
