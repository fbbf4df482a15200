# Every target first makes sure that what it needs is installed (`deps`), so each works alone on a bare Debian
# machine with only a Swift toolchain.
SWIFT ?= swift
FLAGS := --explicit-target-dependency-import-check error
RELEASE := -c release --static-swift-stdlib $(FLAGS)

.PHONY: all deps test-deps build test demo lint format clean
all: build

deps:
	@sh .ci/deps

test-deps:
	@sh .ci/deps test

# Leaves .build/release/hub and .build/release/foo-reconciler.
build: deps
	$(SWIFT) build $(RELEASE)

# The executables are built with the tests, which start them. The pure rooms first and by themselves: their random
# drivers keep every core busy, and tests of sockets and processes should not have to share with them.
PURE := ^(JSONScan|YAML|CloudEvents|Kubernetes|HubEngine)Tests
test: test-deps lint
	$(SWIFT) build $(FLAGS) --build-tests
	$(SWIFT) test $(FLAGS) --skip-build --filter '$(PURE)'
	$(SWIFT) test $(FLAGS) --skip-build --skip '$(PURE)'

demo: build
	.build/release/hub demo --once

lint: deps
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests

format:
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests

clean:
	rm -rf .build
