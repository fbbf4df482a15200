#!/bin/sh
# make fuzz [FUZZ_TARGET=x] [FUZZ_SECONDS=n]: runs libFuzzer on one target, or on all of them one after the other, for
# 60 seconds each. New inputs are kept in .build-fuzz/corpus; one that breaks a rule is written to .build-fuzz/found, and
# ends the run with an error.
set -eu
cd "$(dirname "$0")/../.."
seconds=${FUZZ_SECONDS:-60}
fuzz=.build-fuzz/release/fuzz
# Swift's backtracer would take the signals that libFuzzer waits for; a trap of ours is a finding of libFuzzer's.
export SWIFT_BACKTRACE=enable=no
for target in ${FUZZ_TARGET:-$(ls Tests/Fuzz/Corpora)}; do
  corpus=Tests/Fuzz/Corpora/$target
  [ -d "$corpus" ] || { echo "fuzz: no target $target; there are:" $(ls Tests/Fuzz/Corpora) >&2; exit 2; }
  mkdir -p ".build-fuzz/corpus/$target" .build-fuzz/found
  case $target in
    json | lists | watch) recorded=Tests/Fixtures/kube-apiserver-1.36 ;;
    *) recorded= ;;
  esac
  echo "== $target for $seconds s"
  # Unquoted: one folder or none.
  "$fuzz" "$target" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -print_final_stats=1 \
    -dict=Tests/Fuzz/words.dict -artifact_prefix=".build-fuzz/found/$target-" ".build-fuzz/corpus/$target" \
    "$corpus" $recorded
done
