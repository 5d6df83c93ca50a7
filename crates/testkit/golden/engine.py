"""How one golden case is made and proven. The table of cases is in cases.py.

A case is made in four steps:

1. `train`   PEFT puts an adapter on the base, noise stands in for training, PEFT saves it.
2. `merge`   The saved adapter is loaded on a fresh base; the logits of that unmerged model are the
             judge. Then PEFT merges in f32, which gives the expected tensors. Tied embeddings are
             untied first, so that each side receives its own delta only (PEFT's merge of a tied
             model does not reproduce its own forward pass).
3. `respell` Some cases rewrite the saved files in the manner of another producer.
4. `prove`   Base file + expected tensors + config edits are loaded by plain transformers, and
             must give the logits of step 2.
"""

import json
import shutil
import tempfile
import warnings
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

import torch
from peft import PeftModel, get_peft_model
from safetensors.torch import load_file

from bases import BASES, BASES_DIR, IMAGE_TOKEN, ConvNet, read_base
from kit import DTYPES, HERE, noise, save_checkpoint, write_json, write_tensors

CASES_DIR = HERE / "cases"
TOLERANCE = 1e-4


@dataclass
class Case:
    id: str
    base: str
    what: str
    # A function that makes the PEFT config (PEFT changes configs in place, so each use has its own).
    # Several of them make several adapters: adapter, adapter2, ...
    config: Callable | list
    base_dtype: str = "f32"
    adapter_dtype: str = "f32"
    model_class: type | None = None  # when it is not the one named by the base
    model_options: dict = field(default_factory=dict)
    drops_head: bool = False  # model_class has no language-model head; the file keeps it
    prepare: Callable = lambda model: None  # done to the base before PEFT sees it (resizing)
    save_options: dict = field(default_factory=dict)
    train: Callable | None = None  # (case, model, config, folder): replaces the default step 1
    respell: Callable = lambda folder: None  # step 3
    merge: Callable | None = None  # (case, folder) -> expected tensors: replaces step 2
    truth: str = "peft-f32-merge"
    options: dict = field(default_factory=dict)
    config_edits: dict = field(default_factory=dict)  # dotted key -> value in the output's config
    double: bool = False  # PEFT merges in f64: its f32 would be further from the truth than the tests allow
    around: Callable = nullcontext  # a context in which PEFT works
    images: bool = False  # prove with an image in the prompt
    lossy: bool = False  # the saved files do not hold all that was trained
    label: str = ""  # cases with one label get the same noise

    @property
    def folder(self):
        return CASES_DIR / self.id

    @property
    def configs(self):
        return self.config if isinstance(self.config, list) else [self.config]

    @property
    def adapters(self):
        return ["adapter" + (str(i + 1) if i else "") for i in range(len(self.configs))]


# ---------------------------------------------------------------- models


def model_class(case):
    return case.model_class or BASES[case.base].model_class


def load_model(case, folder, complete=True, **options):
    """The plain model of a checkpoint folder; `complete`: every tensor must be used and present."""
    if model_class(case) is ConvNet:
        model = ConvNet()
        model.load_state_dict(load_file(folder / "model.safetensors"))
    else:
        torch.manual_seed(0)  # for heads that the checkpoint lacks
        model, report = model_class(case).from_pretrained(
            folder, output_loading_info=True, **options
        )
        unused = {k for k in report["unexpected_keys"] if not (case.drops_head and k == "lm_head.weight")}
        assert not (complete and (unused or report["missing_keys"])), f"{case.id}: {report}"
        model.config._name_or_path = model.name_or_path = f"weldlm-golden/{case.base}"
    return model.eval()


def base_model(case):
    model = load_model(case, BASES_DIR / case.base, complete=False, **case.model_options)
    with torch.no_grad():
        for weight in model.parameters():
            weight.copy_(weight.to(DTYPES[case.base_dtype]))
    case.prepare(model)
    return model


@torch.no_grad()
def logits(model, case):
    """What the model says to a prompt in which every token of the vocabulary occurs."""
    if model_class(case) is ConvNet:
        return model(noise("conv input")((2, 12, 64), 1.0))
    rows = model.get_input_embeddings().weight.shape[0]
    ids = torch.arange(min(rows, 128)).unsqueeze(0)
    if not case.images:
        ids[ids == IMAGE_TOKEN] = 0
        return model(input_ids=ids).logits
    ids = torch.cat([torch.full((1, 4), IMAGE_TOKEN), ids[:, :IMAGE_TOKEN]], dim=1)
    size = model.config.vision_config.image_size
    return model(input_ids=ids, pixel_values=noise("image")((1, 3, size, size), 1.0)).logits


def distance(a, b):
    return (a - b).abs().max().item()


# ---------------------------------------------------------------- step 1: train


def train(case, model, config, folder, label):
    torch.manual_seed(0)
    tuned = get_peft_model(model, config)
    shake(tuned, label)
    tuned.save_pretrained(folder, **case.save_options)
    tidy(folder, case.adapter_dtype)
    return tuned


@torch.no_grad()
def shake(tuned, label):
    """Noise in place of training."""
    rand = noise(label)
    for _, weight in sorted(tuned.named_parameters()):
        if weight.requires_grad:
            weight += rand(weight.shape, 0.05)


def tidy(folder, dtype="f32"):
    """Drop the model card, cast the tensors, put the config's sets into a fixed order."""
    (folder / "README.md").unlink(missing_ok=True)
    path = folder / "adapter_config.json"
    config = json.loads(path.read_text())
    for key in ("target_modules", "modules_to_save", "feedforward_modules", "exclude_modules"):
        if isinstance(config.get(key), list):
            config[key].sort()
    write_json(path, config)
    tensors = load_file(folder / "adapter_model.safetensors")
    cast = {k: v.to(DTYPES[dtype]) if v.is_floating_point() else v for k, v in tensors.items()}
    write_tensors(folder / "adapter_model.safetensors", cast)


# ---------------------------------------------------------------- step 2: merge


def untie(model):
    """Give the output head its own copy of a weight that it shares with the input embedding."""
    if not hasattr(model, "get_output_embeddings") or model.get_output_embeddings() is None:
        return
    shared = {
        id(m._parameters["weight"])
        for name, m in model.named_modules(remove_duplicate=False)
        if m._parameters.get("weight") is not None and ("embed_tokens" in name or "wte" in name)
    }
    for name, module in model.named_modules(remove_duplicate=False):
        weight = module._parameters.get("weight")
        if "lm_head" in name and id(weight) in shared and ".modules_to_save." not in name:
            module.weight = torch.nn.Parameter(weight.detach().clone(), weight.requires_grad)
    config = model.config.get_text_config()
    config.tie_word_embeddings = model.config.tie_word_embeddings = False


def merge(case):
    """(expected tensors, logits of the unmerged model)"""
    tuned = PeftModel.from_pretrained(base_model(case), case.folder / "adapter").eval()
    unmerged = logits(tuned, case)
    inner = tuned.base_model.model
    tied = getattr(inner, "config", None) and inner.config.tie_word_embeddings
    if tied:
        untie(inner)
    merged = (tuned.double() if case.double else tuned).merge_and_unload().float()
    error = distance(logits(merged, case), unmerged)
    assert error <= TOLERANCE, f"{case.id}: merged and unmerged logits differ by {error}"
    tensors = save_checkpoint(merged, BASES[case.base].hub)
    if tied:
        drop_equal_head(case, tensors)
        name_head_as_embedding(tensors)
    return changed_tensors(case, tensors), unmerged


def drop_equal_head(case, tensors):
    """A head that equals the embedding stays tied: it is not written unless the base stores it."""
    head = next((k for k in tensors if k.endswith("lm_head.weight")), None)
    embed = next(k for k in tensors if k.endswith(("embed_tokens.weight", "wte.weight")))
    if head and head not in base_tensors(case) and torch.equal(tensors[head], tensors[embed]):
        del tensors[head]


def name_head_as_embedding(tensors):
    """A new head gets the prefix of the embedding's key: every version of the library loads that name."""
    embed = next(k for k in tensors if k.endswith(("embed_tokens.weight", "wte.weight")))
    if embed.startswith("language_model.") and "lm_head.weight" in tensors:
        tensors["language_model.lm_head.weight"] = tensors.pop("lm_head.weight")


def base_tensors(case):
    return read_base(case.base, DTYPES[case.base_dtype])


def changed_tensors(case, tensors):
    base = base_tensors(case)
    return {k: v for k, v in tensors.items() if k not in base or not torch.equal(base[k], v)}


# ---------------------------------------------------------------- step 4: prove


def prove(case, expected, unmerged):
    """Plain transformers, given base + expected + config edits, must say what PEFT said."""
    config = json.loads((BASES_DIR / case.base / "config.json").read_text())
    for key, value in case.config_edits.items():
        *parents, last = key.split(".")
        place = config
        for parent in parents:
            place = place[parent]
        place[last] = value
    with tempfile.TemporaryDirectory() as scratch:
        scratch = Path(scratch)
        write_json(scratch / "config.json", config)
        write_tensors(scratch / "model.safetensors", base_tensors(case) | expected)
        model = load_model(case, scratch)
        said = logits(model, case)
    error = 0.0 if unmerged is None else distance(said, unmerged)
    assert error <= TOLERANCE, f"{case.id}: the merged checkpoint differs by {error}"
    plain = base_model(case)
    if logits(plain, case).shape == said.shape:
        effect = distance(logits(plain, case), said)
        assert effect > 1e-3, f"{case.id}: the adapter has no visible effect ({effect})"
    return error


# ---------------------------------------------------------------- all together


def make_case(case):
    shutil.rmtree(case.folder, ignore_errors=True)
    case.folder.mkdir(parents=True)
    with warnings.catch_warnings(), case.around():
        warnings.simplefilter("ignore")
        for name, config in zip(case.adapters, case.configs, strict=True):
            label = f"{case.label or case.id} {name}"
            step = case.train or train
            tuned = step(case, base_model(case), config(), case.folder / name, label)
        expected, unmerged = (case.merge or merge)(case)
        whole = case.adapter_dtype == "f32" and not case.lossy and "scale" not in case.options
        if tuned and whole and unmerged is not None:
            error = distance(logits(tuned.eval(), case), unmerged)
            assert error <= TOLERANCE, f"{case.id}: trained and reloaded differ by {error}"
        for name in case.adapters:
            case.respell(case.folder / name)
        error = prove(case, expected, unmerged)
    base, dtype = base_tensors(case), DTYPES[case.base_dtype]
    for key in expected.keys() & base.keys():
        stored = expected[key].to(dtype).float()
        assert not torch.equal(stored, base[key]), f"{case.id}: {key} stays as it was"
    write_tensors(case.folder / "expected.safetensors", expected)
    write_json(
        case.folder / "case.json",
        {
            "id": case.id,
            "base": case.base,
            "base_dtype": case.base_dtype,
            "what": case.what,
            "truth": case.truth,
            "options": case.options,
            "adapters": case.adapters,
            "changed": sorted(k for k in expected if k in base),
            "added": sorted(k for k in expected if k not in base),
            "config": case.config_edits,
        },
    )
    return error
