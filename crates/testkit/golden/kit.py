"""What bases, cases and refusals share: seeds, files, checkpoints."""

import json
import tempfile
import zlib
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

HERE = Path(__file__).resolve().parent
DTYPES = {"f32": torch.float32, "bf16": torch.bfloat16, "f16": torch.float16}


def noise(label):
    """A function (shape, std) -> normal numbers; the stream depends on the label alone."""
    generator = torch.Generator().manual_seed(zlib.crc32(label.encode()))
    return lambda shape, std: torch.randn(shape, generator=generator) * std


def write_json(path, value):
    path.write_text(json.dumps(value, indent=2) + "\n")


def write_tensors(path, tensors):
    save_file({k: v.contiguous() for k, v in tensors.items()}, path, metadata={"format": "pt"})
    path.chmod(0o644)


def save_checkpoint(model, hub=(), folder=None):
    """The tensors of a model under hub names; config.json goes to `folder` if one is given."""
    if not hasattr(model, "config") or not hasattr(model, "save_pretrained"):
        return {k: v.detach().clone() for k, v in model.state_dict().items()}
    with tempfile.TemporaryDirectory() as scratch:
        model.save_pretrained(scratch)
        if folder:
            config = json.loads((Path(scratch) / "config.json").read_text())
            write_json(folder / "config.json", config)
        return rename_prefixes(load_file(Path(scratch) / "model.safetensors"), hub)


def rename_prefixes(tensors, pairs):
    def rename(key):
        for old, new in pairs:
            if key.startswith(old) and not (new and key.startswith(new)):
                return new + key[len(old):]
        return key

    return {rename(key): value for key, value in tensors.items()}
