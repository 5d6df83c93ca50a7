# Sourced by ./start and ./check: makes sure that cargo and a C linker are there, and more where it is asked for.

NODE_MIN=20

if ! command -v cargo >/dev/null && [ -x "${CARGO_HOME:-$HOME/.cargo}/bin/cargo" ]; then
    export PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"
fi
if ! command -v cargo >/dev/null; then
    echo "cargo is missing; install Rust from https://rustup.rs and run $0 again" >&2
    exit 1
fi

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# install PACKAGE...
install() {
    if ! command -v apt-get >/dev/null; then
        echo "install $* with this system's package manager and run $0 again" >&2
        return 1
    fi
    echo "installing $*" >&2
    as_root apt-get update -qq >&2
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

have_node() {
    local have
    have=$(node --version 2>/dev/null | sed 's/^v\([0-9]*\).*/\1/') || true
    [ "${have:-0}" -ge "$NODE_MIN" ] && command -v npm >/dev/null
}

# Node as a package of npm, for systems whose own is too old but can fetch a newer one.
node_by_npm() {
    local machine folder=${XDG_CACHE_HOME:-$HOME/.cache}/weldlm/node
    case $(uname -m) in
        x86_64) machine=x64 ;;
        aarch64) machine=arm64 ;;
        *) return 1 ;;
    esac
    local package=node-linux-$machine
    if [ ! -x "$folder/node_modules/$package/bin/node" ]; then
        command -v npm >/dev/null || install npm || return 1
        echo "fetching Node.js 22 with npm, into $folder" >&2
        mkdir -p "$folder"
        npm install --silent --no-save --prefix "$folder" "$package@22" >&2 || return 1
    fi
    export PATH="$folder/node_modules/$package/bin:$PATH"
    have_node
}

# The pages are built with Node. Fails where it is missing or too old and none that will do can be had.
need_node() {
    local have
    if have_node; then
        return
    fi
    if command -v apt-get >/dev/null; then
        as_root apt-get update -qq >&2
        # The version begins behind the colon of an epoch.
        have=$(apt-cache policy nodejs | sed -n 's/^ *Candidate: \([0-9]*:\)\{0,1\}\([0-9]*\).*/\2/p')
        if [ "${have:-0}" -ge "$NODE_MIN" ]; then
            install nodejs npm
            return
        fi
        if node_by_npm; then
            return
        fi
        echo "Node.js $NODE_MIN or newer is missing, and this system offers ${have:-none}" >&2
    else
        echo "Node.js $NODE_MIN or newer is missing" >&2
    fi
    echo "get it from https://nodejs.org and run $0 again" >&2
    return 1
}

need_chromium() {
    command -v chromium >/dev/null || [ -n "${WELDLM_CHROMIUM:-}" ] || install chromium
}

# Linking needs a C compiler, and so do the assembly parts of blake3.
command -v cc >/dev/null || install gcc libc6-dev
