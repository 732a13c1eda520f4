#!/usr/bin/env bash
# Log-in at a certified OpenID Connect provider, node-oidc-provider: `tests/serve/oidc-provider.sh` builds the program,
# starts both at loopback, and walks through log-ins and a log-out. Needs Node.js and npm; what is installed goes to a
# folder of its own that is deleted at the end. `cargo test --lib oidc`, which needs neither, is what CI runs.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
cargo build --manifest-path "$root/Cargo.toml" --bin v6ready
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cp "$root/tests/serve/oidc-provider.mjs" "$place/walk.mjs"
cd "$place"
npm install --silent --no-audit --no-fund oidc-provider@9
node walk.mjs "${CARGO_TARGET_DIR:-$root/target}/debug/v6ready" "$root/reports/sample-province/runs"
