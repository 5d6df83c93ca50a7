//! Adapters that are not what they promise: refused, and not computed with.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use weldlm_adapters::{Change, Config, Edit, Target, TensorHead, edits, sites};
use weldlm_messages::Problem;
use weldlm_tensor::Dtype::{self, F32, I8, I64};
use weldlm_tensor::{MatrixRead, ReadFailed};

type Tensor<'a> = (&'a str, Dtype, &'a [u64]);

fn read(config: &str, tensors: &[Tensor<'_>]) -> (Vec<Edit>, Vec<Problem>) {
    let head = |(name, dtype, shape): &Tensor<'_>| TensorHead {
        name: format!("base_model.model.m.{name}"),
        dtype: *dtype,
        shape: shape.to_vec(),
    };
    let heads: Vec<TensorHead> = tensors.iter().map(head).collect();
    edits(&sites(&heads, None).0, &Config::parse(config, "adapter_config.json").unwrap())
}

fn refused(what: &str, config: &str, tensors: &[Tensor<'_>]) {
    let (found, problems) = read(config, tensors);
    assert!(found.is_empty() && !problems.is_empty(), "{what} is taken");
}

#[test]
fn integers_are_no_weights() {
    refused(
        "OSF in integers",
        r#"{"peft_type": "OSF"}"#,
        &[
            ("osf_svd_params.U_low", I8, &[4, 2]),
            ("osf_svd_params.S_low", F32, &[2]),
            ("osf_svd_params.V_low", F32, &[2, 4]),
        ],
    );
    for dtypes in [[I64, F32], [F32, I8]] {
        let mut tensors: Vec<Tensor<'_>> =
            vec![("glora_A.Xd", dtypes[0], &[4, 2]), ("glora_A.Xu", dtypes[1], &[2, 4])];
        let others = ["glora_B.zeros", "glora_C.zeros", "glora_D.zeros", "glora_E.zeros"];
        tensors.extend(others.map(|name| (name, F32, [1].as_slice())));
        refused("GLoRA in integers", r#"{"peft_type": "GLORA"}"#, &tensors);
    }
}

struct Ones(usize, usize);

impl MatrixRead for Ones {
    fn shape(&self) -> (usize, usize) {
        (self.0, self.1)
    }

    fn rows(&self, _row: usize, out: &mut [f32]) -> Result<(), ReadFailed> {
        out.fill(1.0);
        Ok(())
    }
}

struct Numbers;

impl weldlm_adapters::AdapterData for Numbers {
    fn values(&self, _tensor: &str) -> Result<Vec<f32>, Problem> {
        Ok(vec![1.0; 3])
    }

    fn indices(&self, _tensor: &str) -> Result<Vec<i64>, Problem> {
        Ok(Vec::new())
    }
}

#[test]
fn a_bias_that_depends_on_another_matrix() {
    let mut tensors: Vec<Tensor<'_>> = vec![("glora_C.X", F32, &[3, 1])];
    let others = ["glora_A.zeros", "glora_B.zeros", "glora_D.zeros", "glora_E.zeros"];
    tensors.extend(others.map(|name| (name, F32, [2, 3].as_slice())));
    let (edits, problems) = read(r#"{"peft_type": "GLORA"}"#, &tensors);
    assert!(problems.is_empty() && edits.len() == 1, "{problems:?}");
    let target = Target { shape: vec![2], dtype: F32, transposed: false, scale: 1.0 };
    let prepared = |base: Ones| {
        let Change::Rewrite(mut rewrite) = edits[0].recipe.load(&target, &Numbers).unwrap() else {
            panic!("no rewrite");
        };
        rewrite.prepare(&base).is_ok()
    };
    assert!(prepared(Ones(2, 3)));
    assert!(!prepared(Ones(2, 4)), "C would be left out without a word");
}
