#!/usr/bin/env bash
# schemathesis over the API: `tests/serve/schemathesis.sh` builds the program, starts a daemon at loopback over the
# sample province's runs, and sends what schemathesis makes of the OpenAPI document. Needs Python 3 and PyPI; what is
# installed goes to a folder of its own that is deleted at the end. More arguments go to `schemathesis run`.
# `cargo test --lib api::properties`, which needs neither, is what CI runs.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
cargo build --manifest-path "$root/Cargo.toml" --bin v6ready
v6ready=${CARGO_TARGET_DIR:-$root/target}/debug/v6ready
place=$(mktemp -d)
daemon=
finish() {
  [ -z "$daemon" ] || kill "$daemon" 2>/dev/null || true
  rm -rf "$place"
}
trap finish EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install --quiet schemathesis==4.*
cd "$place"
for run in "$root"/reports/sample-province/runs/*; do
  "$v6ready" --quiet --db v6ready.db runs import "$run"
done
token=$("$v6ready" serve token --name schemathesis --scope operate 2>lines)
{
  printf 'serve:\n  listen: "127.0.0.1:0"\n'
  sed -n '/under `serve:`/,$p' lines | tail -n +2
} >serve.yaml
"$v6ready" --db v6ready.db --config serve.yaml serve 2>log &
daemon=$!
url=
for _ in $(seq 300); do
  url=$(sed -n 's|.*listening at \(http://[0-9.:]*\)/.*|\1|p' log | head -1)
  [ -n "$url" ] && curl -fs "$url/readyz" >/dev/null && break
  sleep 0.2
done
"$place/venv/bin/schemathesis" run "$url/api/v1/openapi.json" --url "$url/api/v1" \
  --header "Authorization: Bearer $token" --max-examples 25 --seed 1 --suppress-health-check filter_too_much \
  --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance "$@"
