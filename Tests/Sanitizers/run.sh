#!/bin/sh
# run.sh tsan|asan PURE FLAGS...: builds the tests for a sanitizer and runs them, the pure rooms (PURE, a filter) first and by
# themselves. Ends with an error if a test fails, or if there is a report of the sanitizer, of the tests or of a process that a
# test started.
#
# Not run: the images in a root of their own, where the folder of the reports does not exist; for `tsan` the hub whose files may
# not grow, as ThreadSanitizer keeps some of its memory in a file.
set -eu
cd "$(dirname "$0")/../.."
kind=$1 pure=$2
shift 2
case $kind in
  tsan) sanitizer=thread unable='ImageTests/starts|JournalProcessTests/full' ;;
  asan) sanitizer=address unable='ImageTests/starts' ;;
  *)
    echo "run.sh: tsan or asan" >&2
    exit 2
    ;;
esac
swift=${SWIFT:-swift}
build=$PWD/.build-$kind
reports=$build/reports
rm -rf "$reports"
mkdir -p "$reports"
clang -O1 -g -Wall -Wextra -Werror -DREPORTS="\"$reports/report\"" -c "Tests/Sanitizers/$kind.c" -o "$build/$kind.o"
set -- "$@" --scratch-path "$build" --sanitize="$sanitizer" -Xlinker "$build/$kind.o"

$swift build "$@" --build-tests
# All tests at once, which is what there is without it, are more than a sanitizer's speed allows: deadlines would pass.
export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=4
status=0
$swift test "$@" --skip-build --filter "$pure" || status=$?
$swift test "$@" --skip-build --skip "$pure" --skip "$unable" || status=$?
for report in "$reports"/*; do
  [ -e "$report" ] || continue
  status=1
  cat "$report" >&2
done
exit $status
