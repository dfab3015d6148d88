#!/bin/sh
# Build the wheel, install it into a fresh virtualenv, and do the main job with it in a folder outside the repository.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$BIN/python" -m build --quiet --wheel --outdir "$work/dist" .
"$PYTHON" -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check "$work"/dist/*.whl
export PATH="$work/venv/bin:$PATH" XDG_CACHE_HOME="$work/cache"
cd "$work"

hima-kg query sales-totals | grep -q '2024,444956,449095,4139'           # the graph that ships answers
hima-kg query who-owns -p mark=问界 --on 2024-12-31 -f csv | grep -q disputed
hima-kg show :aito | grep -q 'Seres Group'
hima-kg export -o out.ttl && grep -q 'prov:wasDerivedFrom' out.ttl
hima-kg view -o out.html && grep -q '<canvas\|vis-network\|vis.Network' out.html
hima-kg view --with-sparql -o sparql.html && grep -q 'wasm-unsafe-eval' sparql.html
grep -q 'SIL Open Font License' out.html                                 # so does the page bring its glyphs, with their licence
"$PYTHON" -m zipfile -l dist/*.whl | grep -q 'hima_kg/page/vendor/fonts/OFL.txt'

hima-kg init bikes >/dev/null
cd bikes
hima-kg build
hima-kg build | grep -q 'nothing changed'
hima-kg test
hima-kg query makers -f json | grep -q heron
hima-kg doctor
echo "the wheel does the main job"
