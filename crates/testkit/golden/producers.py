"""Adapters that PEFT does not write by itself: other producers' spellings and hand-made ones."""

import json
import re
import tempfile
from contextlib import contextmanager
from types import SimpleNamespace

import torch
from peft import PeftModel
from peft.tuners import boft, lora, oft
from peft.tuners.lora import LoraLayer
from safetensors.torch import load_file

import engine
from kit import noise, write_json, write_tensors

# ---------------------------------------------------------------- rewriting saved files


def respell(*steps):
    def run(folder):
        for step in steps:
            step(folder)

    return run


def rename_keys(pattern, replacement):
    def run(folder):
        path = folder / "adapter_model.safetensors"
        tensors = load_file(path)
        renamed = {re.sub(pattern, replacement, key, count=1): t for key, t in tensors.items()}
        assert renamed.keys() != tensors.keys()
        write_tensors(path, renamed)

    return run


def edit_config(**changes):
    def run(folder):
        path = folder / "adapter_config.json"
        write_json(path, json.loads(path.read_text()) | changes)

    return run


def old_modules_to_save(folder):
    """`M.modules_to_save.default.weight`, with the replaced matrix beside it."""
    rename_keys(r"lm_head\.weight", "lm_head.modules_to_save.default.weight")(folder)
    path = folder / "adapter_model.safetensors"
    tensors = load_file(path)
    head = tensors["base_model.model.lm_head.modules_to_save.default.weight"]
    tensors["base_model.model.lm_head.original_module.weight"] = torch.full_like(head, 0.25)
    write_tensors(path, tensors)


def swift_legacy(folder):
    rename_keys(r"^base_model\.model\.(.*lora_[AB])\.", r"\1.default.")(folder)
    edit_config(swift_type="LORA")(folder)
    extra = {"lora_dtype": None, "lorap_lr_ratio": None, "lorap_emb_lr": 1e-06}
    write_json(folder / "additional_config.json", extra)


def to_bin(folder):
    path = folder / "adapter_model.safetensors"
    torch.save(load_file(path), folder / "adapter_model.bin")
    path.unlink()


def drop_version(folder):
    """As PEFT before 0.18, which did not write its version."""
    path = folder / "adapter_config.json"
    write_json(path, {k: v for k, v in json.loads(path.read_text()).items() if k != "peft_version"})


def as_bone(folder):
    """MiSS as PEFT 0.18 and before saved it under its old name."""
    rename_keys(r"miss_block", "bone_block")(folder)
    edit_config(peft_type="BONE")(folder)


# ---------------------------------------------------------------- unusual training


def blocks(count, a, b, **options):
    return lora.config.BdLoraConfig(target_modules_bd_a=a, target_modules_bd_b=b, nblocks=count, **options)


@contextmanager
def with_butterflies():
    """PEFT makes more than one factor only with its CUDA extension; its one function is easily had in torch."""
    layer = boft.layer
    extension, function = layer.get_fbd_cuda, layer.FastBlockDiag
    layer.get_fbd_cuda = lambda: True
    layer.FastBlockDiag = SimpleNamespace(
        apply=lambda blocks: torch.stack([torch.block_diag(*factor.unbind()) for factor in blocks])
    )
    yield
    layer.get_fbd_cuda, layer.FastBlockDiag = extension, function


def train_lora_only_bias(case, model, config, folder, label):
    """PEFT 0.20.0 forgets the biases of bias=lora_only; put them in as later versions do."""
    tuned = engine.train(case, model, config, folder, label)
    path = folder / "adapter_model.safetensors"
    biases = {k: p.detach() for k, p in tuned.named_parameters() if k.endswith("base_layer.bias") and p.requires_grad}
    assert biases
    write_tensors(path, load_file(path) | biases)
    return tuned


def train_converted(case, model, config, folder, label):
    """PiSSA or OLoRA saved as a plain LoRA on the original base."""
    torch.manual_seed(0)
    tuned = engine.get_peft_model(model, config)
    with tempfile.TemporaryDirectory() as start:
        tuned.save_pretrained(start)
        engine.shake(tuned, label)
        tuned.save_pretrained(folder, path_initial_model_for_weight_conversion=start)
    engine.tidy(folder, case.adapter_dtype)
    return tuned


def train_pruned(masks):
    """AdaLoRA whose allocator kept these ranks of each module, in the order of their names."""

    def run(case, model, config, folder, label):
        torch.manual_seed(0)
        tuned = engine.get_peft_model(model, config)
        engine.shake(tuned, label)
        names = sorted(n for n, _ in tuned.named_parameters() if ".lora_E." in n)
        pattern = {}
        with torch.no_grad():
            for name, mask in zip(names, masks, strict=True):
                tuned.get_parameter(name)[~torch.tensor(mask).bool()] = 0
                pattern[name.removeprefix("base_model.model.")] = [bool(m) for m in mask]
        tuned.peft_config["default"].rank_pattern = pattern
        tuned.save_pretrained(folder)
        engine.tidy(folder, case.adapter_dtype)
        return tuned

    return run


def train_by_hand(case, model, config, folder, label):
    """A LoRA on the checkpoint tensors that target_modules names; PEFT is not asked."""
    rand, base = noise(label), engine.base_tensors(case)
    config.base_model_name_or_path = model.name_or_path
    config.save_pretrained(folder)
    tensors = {}
    for path in sorted(config.target_modules):
        rows, cols = base[f"{path}.weight"].shape
        tensors[f"base_model.model.{path}.lora_A.weight"] = rand((config.r, cols), 0.08)
        tensors[f"base_model.model.{path}.lora_B.weight"] = rand((rows, config.r), 0.08)
    write_tensors(folder / "adapter_model.safetensors", tensors)
    edit_config(target_modules=sorted({p.rsplit(".", 1)[1] for p in config.target_modules}))(folder)


# ---------------------------------------------------------------- merging by formula


def merge_old_oft(case):
    """PEFT's merge with the series of PEFT 0.17, which doubles its last term."""

    def series(self, q, size, use_cayley_neumann, terms):
        q = self._pytorch_skew_symmetric(q, size)
        total = power = torch.eye(size).expand_as(q)
        for _ in range(1, terms):
            power = power @ q
            total = total + 2 * power
        return total

    module = oft.layer.OFTRotationModule
    present, module._cayley_batch = module._cayley_batch, series
    try:
        return engine.merge(case)
    finally:
        module._cayley_batch = present


def merge_by_hand(case):
    """W + sum of scale s B A over the adapters, in f64, for adapters whose names are the checkpoint's."""
    sums = {}
    base = engine.base_tensors(case)
    scales = case.options.get("scale", [1.0] * len(case.adapters))
    for name, scale in zip(case.adapters, scales, strict=True):
        config = json.loads((case.folder / name / "adapter_config.json").read_text())
        tensors = load_file(case.folder / name / "adapter_model.safetensors")
        for key in (k for k in tensors if k.endswith(".lora_A.weight")):
            path = key.removeprefix("base_model.model.").removesuffix(".lora_A.weight")
            a, b = tensors[key].double(), tensors[key.replace("lora_A", "lora_B")].double()
            r = a.shape[0] ** 0.5 if config["use_rslora"] else a.shape[0]
            start = sums.get(f"{path}.weight", base[f"{path}.weight"].double())
            sums[f"{path}.weight"] = start + scale * config["lora_alpha"] / r * (b @ a)
    return {k: v.float() for k, v in sums.items()}, None


def merge_by_hand_and_peft(case):
    """The formula, held against PEFT's forward pass and PEFT's own merge."""
    expected, _ = merge_by_hand(case)
    merged, unmerged = engine.merge(case)
    assert merged.keys() == expected.keys()
    worst = max(engine.distance(merged[k], expected[k]) for k in expected)
    assert worst < 1e-6, f"{case.id}: formula and PEFT differ by {worst}"
    return expected, unmerged


def merge_scaled(case):
    """The formula, held against a PEFT model with all adapters active at their scales."""
    expected, _ = merge_by_hand(case)
    tuned = PeftModel.from_pretrained(engine.base_model(case), case.folder / "adapter")
    names = ["default"]
    for name in case.adapters[1:]:
        tuned.load_adapter(case.folder / name, adapter_name=name)
        names.append(name)
    tuned.base_model.set_adapter(names)
    for name, scale in zip(names, case.options["scale"], strict=True):
        for module in tuned.modules():
            if isinstance(module, LoraLayer) and name in module.scaling:
                module.set_scale(name, scale)
    return expected, engine.logits(tuned.eval(), case)
