#!/usr/bin/env bash
# Alternates weldlm with another way to do the work and prints wall seconds, CPU seconds and peak memory of each run,
# then the medians and the median of the pairwise ratios.
#   bench/compare.sh cp   WELDLM MODEL_DIR [PAIRS]
#   bench/compare.sh peft WELDLM MODEL_DIR [PAIRS]     PYTHON=path/to/python with torch, transformers, peft
# MODEL_DIR comes from make_model.py. Inputs are read once before, so that both find them in the page cache; outputs
# are removed and the disk is synced before each run.
set -euo pipefail
peer=$1 weldlm=$2 model=$3 pairs=${4:-5}
here=$(cd "$(dirname "$0")" && pwd)
out=$model/out
log=$(mktemp)
trap 'rm -f "$log"' EXIT

measure() { # NAME COMMAND...
    local name=$1
    shift
    rm -rf "$out" "$out.partial"
    sync
    cat "$model"/base/*.safetensors >/dev/null
    /usr/bin/time -o "$log.time" -f "%e %U %S %M" "$@" >/dev/null 2>&1
    read -r wall user system peak <"$log.time"
    awk -v n="$name" -v w="$wall" -v u="$user" -v s="$system" -v p="$peak" \
        'BEGIN { printf "%-7s wall %7.2f s   cpu %7.2f s   peak %8.1f MB\n", n, w, u + s, p / 1024 }' | tee -a "$log"
    rm -f "$log.time"
}

for ((i = 0; i < pairs; i++)); do
    measure weldlm "$weldlm" merge --base "$model/base" --adapter "$model/adapter" --output "$out"
    case $peer in
        cp) measure cp sh -c "cp -r '$model/base' '$out' && sync" ;;
        peft) measure peft "${PYTHON:-python3}" "$here/peft_merge.py" "$model/base" "$model/adapter" "$out" ;;
    esac
done
rm -rf "$out"
awk -v peer="$peer" '
    function median(a, n,   i, j, t) {
        for (i = 2; i <= n; i++) for (j = i; j > 1 && a[j - 1] > a[j]; j--) { t = a[j]; a[j] = a[j - 1]; a[j - 1] = t }
        return n % 2 ? a[(n + 1) / 2] : (a[n / 2] + a[n / 2 + 1]) / 2
    }
    $1 == "weldlm" { n++; w[n] = $3; c[n] = $6; if ($9 > peak) peak = $9 }
    $1 == peer { m++; pw[m] = $3; pc[m] = $6; rw[m] = $3 / w[m]; rc[m] = $6 / c[m] }
    END {
        printf "median of %d pairs: weldlm %.2f s, %s %.2f s; %s / weldlm: wall %.2f, cpu %.2f; weldlm peak %.1f MB\n",
            n, median(w, n), peer, median(pw, m), peer, median(rw, m), median(rc, m), peak
    }' "$log"
