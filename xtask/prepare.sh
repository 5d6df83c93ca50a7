# Sourced by ./start and ./check: makes sure that cargo and a C linker are there.

if ! command -v cargo >/dev/null && [ -x "${CARGO_HOME:-$HOME/.cargo}/bin/cargo" ]; then
    export PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"
fi
if ! command -v cargo >/dev/null; then
    echo "cargo is missing; install Rust from https://rustup.rs and run $0 again" >&2
    exit 1
fi

# Linking needs a C compiler, and so do the assembly parts of blake3.
if ! command -v cc >/dev/null; then
    if ! command -v apt-get >/dev/null; then
        echo "a C compiler (cc) is missing; install gcc and run $0 again" >&2
        exit 1
    fi
    as_root=()
    [ "$(id -u)" = 0 ] || as_root=(sudo)
    echo "installing gcc"
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends gcc libc6-dev
fi
