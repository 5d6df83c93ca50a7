"""Writes wavelets.json: the low-pass reconstruction filters that PEFT's WaveFT knows, and how much longer than the
result their coefficients are. Orthogonal wavelets have their other three filters from this one.

python make_wavelets.py, with PEFT 0.20 installed
"""

import json
from pathlib import Path

from peft.tuners.waveft.constants import WAVELET_REDUCTIONS
from peft.tuners.waveft.wavelet import Wavelet, wavelist

table = {}
for name in wavelist():
    filter = Wavelet(name).rec_lo
    # PEFT's numbers for the others do not belong together, and it cannot use them either.
    if WAVELET_REDUCTIONS.get(name) == (len(filter) - 2,) * 2:
        table[name] = filter
lines = ",\n".join(f'  "{name}": {json.dumps(filter)}' for name, filter in table.items())
(Path(__file__).parent / "wavelets.json").write_text("{\n" + lines + "\n}\n")
