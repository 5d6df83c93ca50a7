"""Writes randperm.json: the beginnings of torch's random permutations, which some adapters are made of."""

import torch

from kit import HERE, write_json

SIZES = [1, 2, 3, 17, 623, 624, 1000, 4096, 64 * 96, 1000003]
SEEDS = [0, 1, 777, 2**31 - 1, 2**32 + 5]
# From about 214 million elements on torch draws 64 bits for each; the permutation itself takes 1.7 GB.
LARGE = [(214748363, 777), (214748364, 777)]


def start(n, seed):
    generator = torch.Generator().manual_seed(seed)
    count = min(n, 20 if n > 30 else n)
    return {"n": n, "seed": seed, "start": torch.randperm(n, generator=generator)[:count].tolist()}


if __name__ == "__main__":
    pairs = [(n, SEEDS[i % len(SEEDS)]) for i, n in enumerate(SIZES)]
    pairs += [(4096, seed) for seed in SEEDS] + LARGE
    cases = [start(n, seed) for n, seed in pairs]
    write_json(HERE / "randperm.json", {"torch": torch.__version__, "cases": cases})
