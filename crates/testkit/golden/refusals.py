"""Adapters that must be refused, each for one reason. Most are a small good LoRA with one fault."""

import shutil
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import peft
import torch
from peft import LoraConfig
from safetensors.torch import load_file

import producers as by
from cases import HANDMADE, lora, resize
from engine import Case, base_model, base_tensors, train
from kit import HERE, noise, write_json, write_tensors

REFUSALS_DIR = HERE / "refusals"
Q = "base_model.model.model.layers.0.self_attn.q_proj"
TARGET = {"target_modules": ["q_proj"]}
LM = {"task_type": "CAUSAL_LM"}


@dataclass
class Refusal:
    id: str
    what: str
    reason: str  # a peft_type, or the fault
    make: Callable  # (folder) -> None
    base: str = "llama"
    base_dtype: str = "f32"


# ---------------------------------------------------------------- ways to make one


def saved_by_peft(config, base="llama", prepare=lambda model: None, **save_options):
    def run(folder):
        case = Case(folder.name, base, "", config, prepare=prepare, save_options=save_options)
        train(case, base_model(case), config(), folder, folder.name)

    return run


PLAIN = saved_by_peft(lora(["q_proj"]))


def plain_but(*steps, start=PLAIN):
    """A good adapter, then the steps that spoil it."""
    return by.respell(start, *steps)


def tensors_but(change):
    """A step that edits the dict of the adapter's tensors in place."""

    def run(folder):
        path = folder / "adapter_model.safetensors"
        tensors = load_file(path)
        change(tensors)
        write_tensors(path, tensors)

    return run


def drop(suffix):
    def change(tensors):
        for key in [k for k in tensors if k.endswith(suffix)]:
            del tensors[key]

    return tensors_but(change)


def put(key, value):
    return tensors_but(lambda tensors: tensors.__setitem__(key, value))


def poke(key, value):
    """One element of a tensor becomes `value`."""
    return tensors_but(lambda tensors: tensors[key].view(-1).__setitem__(5, value))


def config_says(**changes):
    return plain_but(by.edit_config(**changes))


def zero_row(folder):
    """A DoRA adapter that cancels row 0 of the weight: its norm is zero."""
    saved_by_peft(lora(["q_proj"], lora_alpha=4, use_dora=True))(folder)
    weight = base_tensors(Case("", "llama", "", None))["model.layers.0.self_attn.q_proj.weight"]

    def change(tensors):
        a, b = tensors[f"{Q}.lora_A.weight"], tensors[f"{Q}.lora_B.weight"]
        a[0], b[0] = weight[0], torch.tensor([-1.0, 0.0, 0.0, 0.0])

    tensors_but(change)(folder)


def two_names(tensors):
    for key in list(tensors):
        stem, value = key.removesuffix(".weight"), tensors.pop(key)
        tensors |= {f"{stem}.{name}.weight": value.clone() for name in ("first", "second")}


def extra_layer(tensors):
    tensors |= {k.replace("layers.0", "layers.7"): v.clone() for k, v in tensors.items()}


def keep_first(count):
    """Cut the weights file after `count` bytes."""

    def run(folder):
        path = folder / "adapter_model.safetensors"
        path.write_bytes(path.read_bytes()[:count])

    return run


def remove(name):
    return lambda folder: (folder / name).unlink()


class Shout:
    """Unpickles into a call of print."""

    def __reduce__(self):
        return print, ("code from a pickle has run",)


def pickle_with_code(folder):
    tensors = load_file(folder / "adapter_model.safetensors")
    torch.save(tensors | {"shout": Shout()}, folder / "adapter_model.bin")
    (folder / "adapter_model.safetensors").unlink()


def kohya(folder):
    """The tensor names of kohya's scripts, no config."""
    rand = noise("kohya")
    name = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q"
    write_tensors(
        folder / "adapter_model.safetensors",
        {
            f"{name}.lora_down.weight": rand((4, 64), 0.05),
            f"{name}.lora_up.weight": rand((64, 4), 0.05),
            f"{name}.alpha": torch.tensor(4.0),
        },
    )


def mlx_lm(folder):
    rand = noise("mlx")
    name = "model.layers.0.self_attn.q_proj"
    write_json(
        folder / "adapter_config.json",
        {
            "fine_tune_type": "lora",
            "lora_parameters": {"dropout": 0.0, "rank": 4, "scale": 20.0},
            "model": "weldlm-golden/llama",
            "num_layers": 1,
        },
    )
    tensors = {f"{name}.lora_a": rand((64, 4), 0.05), f"{name}.lora_b": rand((4, 64), 0.05)}
    write_tensors(folder / "adapters.safetensors", tensors)


def expert_one(folder):
    config = lora(["model.layers.0.block_sparse_moe.experts.1.w2"])
    case = Case("expert-out-of-range", "mixtral", "", config, **HANDMADE)
    case.train(case, base_model(case), config(), folder, case.id)


def xlora(folder):
    write_json(
        folder / "adapter_config.json",
        {
            "adapters": {"0": "first", "1": "second"},
            "base_model_name_or_path": "weldlm-golden/llama",
            "hidden_size": 64,
            "peft_type": "XLORA",
            "task_type": "CAUSAL_LM",
            "xlora_depth": 1,
        },
    )
    write_tensors(
        folder / "xlora_classifier.safetensors", {"layers.0.weight": noise("xlora")((2, 64), 0.05)}
    )


# ---------------------------------------------------------------- the table


def tuner(id, config, what="saved by PEFT"):
    return Refusal(id, f"{id}: {what}.", config().peft_type.value, saved_by_peft(config))


OFT = saved_by_peft(lambda: peft.OFTConfig(r=0, oft_block_size=8, **TARGET))
TUNERS = [
    tuner("prompt-tuning", lambda: peft.PromptTuningConfig(num_virtual_tokens=4, **LM)),
    tuner("prefix-tuning", lambda: peft.PrefixTuningConfig(num_virtual_tokens=4, **LM)),
    tuner("p-tuning", lambda: peft.PromptEncoderConfig(num_virtual_tokens=4, encoder_hidden_size=16, **LM)),
    tuner("psoft", lambda: peft.PsoftConfig(r=4, **TARGET)),
    Refusal("adamss", "adamss: the type by hand (PEFT needs scikit-learn for it).", "ADAMSS", config_says(peft_type="ADAMSS")),
    tuner("tinylora", lambda: peft.TinyLoraConfig(r=2, u=4, **TARGET)),
    tuner("vera-not-stored", lambda: peft.VeraConfig(r=4, save_projection=False, **TARGET)),
    tuner("randlora-not-stored", lambda: peft.RandLoraConfig(r=4, save_projection=False, **TARGET)),
    tuner("unilora-not-stored", lambda: peft.UniLoraConfig(r=4, theta_d_length=20, save_indices=False, **TARGET)),
    tuner("pvera-sampled", lambda: peft.PveraConfig(r=4, sample_at_inference=True, **TARGET)),
    Refusal("oft-old", "OFT as PEFT 0.15 named its tensor.", "old OFT", by.respell(OFT, by.rename_keys(r"oft_R\.weight", "oft_r"))),
    Refusal("oft-odd-triangle", "OFT with five elements, which no triangle has.", "shape mismatch", by.respell(OFT, put(f"{Q}.oft_R.weight", noise("oft")((8, 5), 0.05)))),
    Refusal("lokr-half", "LoKr without one of its factors.", "missing part", by.respell(saved_by_peft(lambda: peft.LoKrConfig(r=2, **TARGET)), drop("lokr_w2_b"))),
    Refusal("shira-beyond", "SHiRA with an index beyond the matrix.", "index out of range", by.respell(saved_by_peft(lambda: peft.ShiraConfig(r=1, random_seed=1, **TARGET)), poke(f"{Q}.shira_indices", 4096))),
    Refusal("vblora-beyond", "VB-LoRA with an index beyond its bank.", "index out of range", by.respell(saved_by_peft(lambda: peft.VBLoRAConfig(r=2, num_vectors=8, vector_length=16, save_only_topk_weights=True, **TARGET)), poke(f"{Q}.vblora_logits_A_topk_indices", 200))),
    Refusal("waveft-unknown", "WaveFT with a wavelet that PEFT cannot use.", "unknown wavelet", by.respell(saved_by_peft(lambda: peft.WaveFTConfig(n_frequency=20, **TARGET)), by.edit_config(wavelet_family="coif5"))),
    Refusal("miss-larger", "MiSS for another number of outputs.", "shape mismatch", by.respell(saved_by_peft(lambda: peft.MissConfig(r=4, **TARGET)), put(f"{Q}.miss_block", noise("miss")((4, 96), 0.05)))),
    Refusal("xlora", "xlora: a config by hand, as PEFT writes it.", "XLORA", xlora),
    Refusal("unknown-type", "A peft_type that does not exist yet.", "unknown peft_type", config_says(peft_type="LORA2030")),
]

LORA_VARIANTS = [
    Refusal("alora", "Activated LoRA.", "alora_invocation_tokens", saved_by_peft(lora(["q_proj"], alora_invocation_tokens=[5, 6], **LM))),
    Refusal("layer-replication", "Layer 0 twice.", "layer_replication", saved_by_peft(lora(["q_proj"], layer_replication=[[0, 1], [0, 1]]))),
    Refusal("pissa-niter", "Unconverted PiSSA with a randomised SVD.", "pissa_niter_16", saved_by_peft(lora(["q_proj"], init_lora_weights="pissa_niter_16"))),
    Refusal("loftq", "Unconverted LoftQ (config by hand).", "loftq", config_says(init_lora_weights="loftq", loftq_config={"loftq_bits": 4, "loftq_iter": 1})),
    Refusal("corda", "Unconverted CorDA (config by hand).", "corda", config_says(init_lora_weights="corda", corda_config={"corda_method": "kpm"})),
    Refusal("lora-ga", "Unconverted LoRA-GA (config by hand).", "lora_ga", config_says(init_lora_weights="lora_ga", lora_ga_config={"direction": "ArB2r", "scale": "stable", "stable_gamma": 16})),
    Refusal("kasa", "KaSA (config and lora_diag by hand; PEFT 0.20.0 does not know it).", "kasa_config", plain_but(by.edit_config(kasa_config={"beta": 0.0001, "gemma": 0.001}), put(f"{Q}.lora_diag", torch.ones(4)))),
    Refusal("qalora", "QALoRA: A is pooled, in / 16 columns (by hand).", "use_qalora", plain_but(by.edit_config(use_qalora=True), put(f"{Q}.lora_A.weight", noise("qalora")((4, 4), 0.05)))),
    Refusal("arrow", "Arrow router (config by hand).", "arrow_config", config_says(arrow_config={"top_k": 3, "router_temperature": 1.0})),
    Refusal("enable-lora", "MergedLinear of PEFT 0.2 (config by hand).", "enable_lora", config_says(enable_lora=[True, False, True], merge_weights=False)),
    Refusal("target-parameters", "LoRA on the fused expert parameter.", "target_parameters", saved_by_peft(lora([], r=2, target_parameters=["mlp.experts.gate_up_proj"]), "qwen3_moe"), base="qwen3_moe"),
    Refusal("conv-groups", "Conv2d with four groups: PEFT cannot merge it either.", "groups > 1", saved_by_peft(lora(["grouped"]), "conv"), base="conv"),
    Refusal("lora-bias-without-bias", "lora_B.bias on a linear that has no bias.", "no bias to add to", plain_but(by.edit_config(lora_bias=True), put(f"{Q}.lora_B.bias", noise("bias")((64,), 0.05)))),
]

TENSORS = [
    Refusal("missing-b", "lora_A without lora_B.", "missing lora_B", plain_but(drop("lora_B.weight"))),
    Refusal("missing-a", "lora_B without lora_A.", "missing lora_A", plain_but(drop("lora_A.weight"))),
    Refusal("extra-tensor", "A good adapter and one tensor that nobody knows.", "unused tensor", plain_but(put(f"{Q}.mystery.weight", torch.ones(4)))),
    Refusal("extra-layer", "A good adapter and a pair for layer 7 of a model with one layer.", "no such base tensor", plain_but(tensors_but(extra_layer))),
    Refusal("wrong-names", "Every key below foo.bar.", "no such base tensor", plain_but(by.rename_keys(r"model\.model\.layers", "model.foo.bar"))),
    Refusal("wrong-model", "An adapter for a model of width 128.", "shape mismatch", plain_but(put(f"{Q}.lora_A.weight", noise("wide a")((4, 128), 0.05)), put(f"{Q}.lora_B.weight", noise("wide b")((128, 4), 0.05)))),
    Refusal("rank-not-config", "r is 8 in the config, 4 in the tensors.", "rank mismatch", config_says(r=8)),
    Refusal("rank-a-not-b", "A has 4 rows, B has 5 columns.", "rank mismatch", plain_but(put(f"{Q}.lora_B.weight", noise("b5")((64, 5), 0.05)))),
    Refusal("nan-in-a", "A NaN in lora_A.", "not finite", plain_but(poke(f"{Q}.lora_A.weight", float("nan")))),
    Refusal("inf-in-b", "An infinity in lora_B.", "not finite", plain_but(poke(f"{Q}.lora_B.weight", float("inf")))),
    Refusal("overflow-f16", "The sum leaves the range of an f16 base.", "not finite", plain_but(put(f"{Q}.lora_B.weight", torch.full((64, 4), 3.0e6))), base_dtype="f16"),
    Refusal("zero-b", "lora_B is all zero: an untrained adapter changes nothing.", "changes nothing", plain_but(tensors_but(lambda t: t[f"{Q}.lora_B.weight"].zero_()))),
    Refusal("integer-lora", "lora_A is stored as int8.", "dtype", plain_but(put(f"{Q}.lora_A.weight", torch.ones(4, 64, dtype=torch.int8)))),
    Refusal("two-names", "Tensors of two adapter names in one file.", "more than one adapter", plain_but(tensors_but(two_names))),
    Refusal("saved-wrong-shape", "modules_to_save lm_head of width 128.", "shape mismatch", plain_but(by.edit_config(modules_to_save=["lm_head"]), put("base_model.model.lm_head.weight", noise("head")((96, 128), 0.05).bfloat16()))),
    Refusal("token-out-of-range", "Trainable token id 96 of a vocabulary of 96.", "token id out of range", plain_but(by.edit_config(trainable_token_indices=[3, 96]), start=saved_by_peft(lora(["q_proj"], trainable_token_indices=[3, 95])))),
    Refusal("token-count", "Three token ids in the config, two rows in the file.", "shape mismatch", plain_but(by.edit_config(trainable_token_indices=[3, 4, 95]), start=saved_by_peft(lora(["q_proj"], trainable_token_indices=[3, 95])))),
    Refusal("embedding-larger", "Embedding LoRA for 104 rows, base of 96, full matrix not in the file.", "shape mismatch", saved_by_peft(lora(["embed_tokens"]), prepare=resize(104), save_embedding_layers=False)),
    Refusal("dora-zero-norm", "DoRA whose row 0 of W + s B A is exactly zero.", "zero norm", zero_row),
    Refusal("dora-no-magnitude", "use_dora without lora_magnitude_vector.", "missing magnitude", config_says(use_dora=True)),
    Refusal("dora-magnitude-shape", "A magnitude vector of the wrong length.", "shape mismatch", plain_but(put(f"{Q}.lora_magnitude_vector", torch.ones(32)), start=saved_by_peft(lora(["q_proj"], use_dora=True)))),
    Refusal("expert-out-of-range", "A per-expert adapter for expert 9 of 4 (by hand).", "no such base tensor", plain_but(by.rename_keys(r"experts\.1\.", "experts.9."), start=expert_one), base="mixtral"),
]

FILES = [
    Refusal("no-tensors", "A safetensors file that holds nothing.", "empty adapter", plain_but(tensors_but(lambda t: t.clear()))),
    Refusal("empty-file", "A weights file of zero bytes.", "unreadable weights", plain_but(keep_first(0))),
    Refusal("truncated-file", "A weights file cut in the middle of its data.", "unreadable weights", plain_but(keep_first(1500))),
    Refusal("no-weights", "adapter_config.json alone.", "no weights", plain_but(remove("adapter_model.safetensors"))),
    Refusal("no-config", "adapter_model.safetensors alone.", "no config", plain_but(remove("adapter_config.json"))),
    Refusal("broken-config", "adapter_config.json is not JSON.", "unreadable config", plain_but(lambda folder: (folder / "adapter_config.json").write_text("{\n"))),
    Refusal("no-peft-type", "adapter_config.json without peft_type.", "no peft_type", config_says(peft_type=None)),
    Refusal("pickle-code", "adapter_model.bin that calls print when unpickled; nothing may run.", "unsafe pickle", plain_but(pickle_with_code)),
    Refusal("kohya", "kohya's key names, no config.", "kohya format", kohya),
    Refusal("mlx-lm", "An MLX-LM adapter.", "MLX-LM format", mlx_lm),
]


REFUSALS = [*TUNERS, *LORA_VARIANTS, *TENSORS, *FILES]


def make_refusal(refusal):
    folder = REFUSALS_DIR / refusal.id
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "adapter").mkdir(parents=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        refusal.make(folder / "adapter")
    write_json(
        folder / "case.json",
        {
            "id": refusal.id,
            "base": refusal.base,
            "base_dtype": refusal.base_dtype,
            "what": refusal.what,
            "peft_type_or_reason": refusal.reason,
            "adapters": ["adapter"],
        },
    )
