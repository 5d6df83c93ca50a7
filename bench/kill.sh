#!/usr/bin/env bash
# Kills a merge with SIGKILL at random moments and resumes it; every result must have the same bytes.
#   bench/kill.sh WELDLM BASE ADAPTER FOLDER [TIMES]
set -euo pipefail
weldlm=$1 base=$2 adapter=$3 folder=$4 times=${5:-50}
mkdir -p "$folder"
rm -rf "$folder/whole" "$folder/whole.partial"
begin=$(date +%s%N)
"$weldlm" merge --base "$base" --adapter "$adapter" --output "$folder/whole" >/dev/null 2>&1
took=$((($(date +%s%N) - begin) / 1000000))
sums() { (cd "$1" && find . -type f -exec sha256sum {} + | sort -k 2); }
want=$(sums "$folder/whole")
killed=0
for ((n = 1; n <= times; n++)); do
    rm -rf "$folder/out" "$folder/out.partial"
    "$weldlm" merge --base "$base" --adapter "$adapter" --output "$folder/out" >/dev/null 2>&1 &
    pid=$!
    sleep "$(awk -v ms="$took" -v r="$RANDOM" 'BEGIN { print ms * r / 32767 / 1000 }')"
    kill -9 "$pid" 2>/dev/null && killed=$((killed + 1))
    wait "$pid" 2>/dev/null || true
    "$weldlm" merge --base "$base" --adapter "$adapter" --output "$folder/out" --if-exists resume >/dev/null 2>&1
    [ "$(sums "$folder/out")" = "$want" ] || { echo "run $n: other bytes than an undisturbed run"; exit 1; }
done
echo "$times runs, $killed killed while running, all resumed to the same bytes (undisturbed: $took ms)"
rm -rf "$folder"
