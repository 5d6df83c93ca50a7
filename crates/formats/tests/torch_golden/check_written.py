"""Checks with torch what `WELDLM_KEEP=DIR cargo test -p weldlm-formats --test torch_write` left in DIR:
python check_written.py DIR
"""

import os
import sys
import zipfile

os.environ["TORCH_SERIALIZATION_DEBUG"] = "1"  # torch then compares its computed offsets with the file's

import torch
from torch.utils.serialization import config

path = os.path.join(sys.argv[1], "pytorch_model.bin")
with zipfile.ZipFile(path) as archive:
    assert archive.testzip() is None
    infos = {info.filename: info for info in archive.infolist()}
    raw = [archive.read(f"archive/data/{i}") for i in range(sum("/data/" in name for name in infos))]

plain = torch.load(path, weights_only=True)
mapped = torch.load(path, weights_only=True, mmap=True)
with config.patch({"load.calculate_storage_offsets": True}):
    computed = torch.load(path, weights_only=True, mmap=True)
assert len(plain) == len(raw), (len(plain), len(raw))
for loaded in (plain, mapped, computed):
    for i, (name, tensor) in enumerate(loaded.items()):
        assert tensor.is_contiguous() and not tensor.requires_grad, name
        data = bytes(tensor.flatten().view(torch.uint8).tolist()) if tensor.numel() else b""
        assert data == raw[i], name
        expected = bytes(int((at + i) % 3 == 0) for at in range(len(data)))
        assert data == expected, name
for name, tensor in list(plain.items())[:21]:
    print(name, tensor.dtype, tuple(tensor.shape))
print(f"{len(plain)} tensors are equal, read plainly, mapped, and with computed offsets")
