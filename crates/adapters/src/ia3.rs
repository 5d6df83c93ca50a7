//! (IA)³: every output, or in feed-forward layers every input, is multiplied by a trained number.
//! Liu et al. 2022, <https://arxiv.org/abs/2205.05638>; layouts as in PEFT 0.20. Where outputs are scaled, the bias is
//! an output, too.

use crate::kind::{Kind, Made, PLAIN, Parts, Wanted};
use crate::rows::map;
use crate::{Config, Edit};
use fancy_regex::Regex;
use weldlm_about::About;
use weldlm_messages::Problem;

/// The type.
pub(crate) static KIND: Kind = Kind {
    about: About {
        name: "ia3",
        summary: "(IA)³ on linear, Conv1D, Conv2d and Conv3d layers, feed-forward or not, with biases",
        summary_zh: "(IA)³：线性层、Conv1D、Conv2d 与 Conv3d，前馈与非前馈均可，含偏置",
        link: "https://arxiv.org/abs/2205.05638",
        limits: &["together with another adapter on the same tensor (it is not a sum)"],
    },
    peft_types: &["IA3"],
    parts: &["ia3_l"],
    edits,
    ..PLAIN
};

/// PEFT's rule: a text is a regex for the whole path, an item of a list the plain end of it.
fn is_feedforward(config: &Config, module: &str) -> bool {
    match config.raw.get("feedforward_modules") {
        Some(serde_json::Value::String(pattern)) => {
            Regex::new(&format!("^(?:{pattern})$")).is_ok_and(|r| r.is_match(module).unwrap_or(false))
        }
        Some(serde_json::Value::Array(names)) => {
            names.iter().filter_map(|name| name.as_str()).any(|name| module.ends_with(name))
        }
        _ => false,
    }
}

fn edits(parts: &Parts<'_>, config: &Config) -> Result<Vec<Edit>, Problem> {
    let head = parts.need("ia3_l")?;
    let n: u64 = head.shape.iter().product();
    let long = head.shape.iter().filter(|d| **d != 1).count();
    if long > 1 || head.shape.len() < 2 || n == 0 || !head.dtype.is_float() {
        return Err(parts.misshapen(head, "(*, 1) or (1, *)"));
    }
    // A linear layer's shape tells the two apart; a convolution's does not.
    let inputs = match head.shape[..] {
        [1, m] if m != 1 => true,
        [m, 1] if m != 1 => false,
        _ => is_feedforward(config, parts.module()),
    };
    // For an input, how many columns of the matrix belong to it is known from the base (a kernel).
    let wanted = if inputs && head.shape.len() == 2 { Wanted::columns(Some(n)) } else { Wanted::rows(n) };
    let wanted = if inputs && head.shape.len() > 2 { Wanted::columns(None).upright() } else { wanted };
    let name = head.name.clone();
    let weight = Made::rewrite(wanted, move |target, data| {
        let factors = data.values(&name)?;
        let by_row = inputs == target.transposed;
        Ok(map(target, move |row, values| {
            if by_row {
                values.iter_mut().for_each(|v| *v *= f64::from(factors[row]));
                return;
            }
            let kernel = (values.len() / factors.len()).max(1);
            for (values, factor) in values.chunks_mut(kernel).zip(&factors) {
                values.iter_mut().for_each(|v| *v *= f64::from(*factor));
            }
        }))
    });
    let (problem, per_input) = (parts.misshapen(head, "one for each input"), inputs && head.shape.len() > 2);
    let weight = weight.check(move |shape| {
        let fits = !per_input || shape.get(1) == Some(&n);
        if fits { Ok(()) } else { Err(problem.clone()) }
    });
    let mut edits = vec![parts.edit("weight", weight)];
    if !inputs {
        let name = head.name.clone();
        let bias = Made::rewrite(Wanted::vector(n), move |target, data| {
            let factors = data.values(&name)?;
            Ok(map(target, move |_, values| {
                values.iter_mut().zip(&factors).for_each(|(v, f)| *v *= f64::from(*f));
            }))
        });
        edits.push(Edit { may_be_absent: true, ..parts.edit("bias", bias) });
    }
    Ok(edits)
}
