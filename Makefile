# Every target first makes sure that what it needs is installed (`deps`), so each works alone on a bare Debian
# machine with only a Swift toolchain.
SWIFT ?= swift
FLAGS := --explicit-target-dependency-import-check error
RELEASE := -c release --static-swift-stdlib $(FLAGS)

.PHONY: all deps test-deps build test sim fuzz tsan asan image-test demo bench lint format clean
all: build

deps:
	@sh .ci/deps

test-deps:
	@sh .ci/deps test

# Leaves .build/release/hub and .build/release/foo-reconciler, and in dist/ what the images are made of.
build: deps
	$(SWIFT) build $(RELEASE)
	mkdir -p dist
	install -m 755 .build/release/hub .build/release/foo-reconciler dist/

# The executables are built with the tests, which start them. The pure rooms first and by themselves: their random
# drivers keep every core busy, and tests of sockets and processes should not have to share with them.
PURE := ^(JSONScan|YAML|CESQL|CloudEvents|Kubernetes|HubEngine|Fuzz)Tests
test: test-deps lint
	$(SWIFT) build $(FLAGS) --build-tests
	$(SWIFT) test $(FLAGS) --skip-build --filter '$(PURE)'
	.build/debug/simulate --seed $$(sh .ci/seed) --seeds $(CI_SEEDS)
	$(SWIFT) test $(FLAGS) --skip-build --skip '$(PURE)'

# `make fuzz [FUZZ_TARGET=x] [FUZZ_SECONDS=n]`: libFuzzer on one target, or on all of them, with assertions.
FUZZ := -c release --scratch-path .build-fuzz --product fuzz -Xswiftc -sanitize=fuzzer,address -Xswiftc -DFUZZING \
  -Xswiftc -enable-testing -Xswiftc -assert-config -Xswiftc Debug
fuzz: deps
	$(SWIFT) build $(FLAGS) $(FUZZ)
	FUZZ_TARGET='$(FUZZ_TARGET)' FUZZ_SECONDS='$(FUZZ_SECONDS)' sh Tests/Fuzz/fuzz.sh

# The seeds of the simulator (docs/simulator.md) from a number that the commit gives: about a minute of them.
CI_SEEDS := 400

# The whole hub but its sockets, in virtual time, with faults from a seed: seeds SEED to SEED+SEEDS-1; SEED alone that
# one; SEEDS alone from 1. As the tests are built: with all checks on, and quicker there than an optimised build.
sim: deps
	$(SWIFT) build $(FLAGS) --product simulate
	.build/debug/simulate --seed "$(SEED)" --seeds "$(SEEDS)"

# The tests under a sanitizer, in builds of their own.
tsan asan: test-deps
	SWIFT='$(SWIFT)' sh Tests/Sanitizers/run.sh $@ '$(PURE)' $(FLAGS)

# The steps of the Dockerfile with the release binaries; `make test` runs them with those of its own build. As root.
image-test: test-deps build
	$(SWIFT) build $(FLAGS) --build-tests
	FRUGALHUB_BINARIES=$(CURDIR)/dist $(SWIFT) test $(FLAGS) --skip-build --filter ImageTests

# Figures beside a yardstick; fails where one costs more than so many times the yardstick (docs/benchmarks.md).
bench: build
	.build/release/hub bench --ratios Benchmarks/ratios.json

demo: build
	.build/release/hub demo --once

lint: deps
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests

format:
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests

clean:
	rm -rf .build .build-* dist
