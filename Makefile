# The commands of this repository; each is a script in scripts/, so that CI can call it and see the true exit code
# (make turns every failing code into 2).

.DEFAULT_GOAL := help
.PHONY: help setup gate test lint fuzz fuzz-nightly bench bench-check interop clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

setup: ## check Swift and install missing Debian packages (the other targets call it)
	@scripts/setup.sh

gate: ## build pulsegate in release and judge this repository by gates.json
	@scripts/gate.sh

test: ## build and run every test
	@scripts/test.sh

lint: ## check the format of the Swift files and the shell scripts
	@scripts/lint.sh

fuzz: ## replay the fuzz suite's seeds and regressions, then fuzz all readers for 60 seconds
	@scripts/fuzz.sh

fuzz-nightly: ## the same with 20 minutes
	@scripts/fuzz.sh --seconds 1200

bench: ## run this repository's benchmarks (release): ledger, start-up, property testing, fuzzing
	@scripts/bench.sh

bench-check: ## compare two commits of a small package from build to verdict (three release builds)
	@PULSEGATE_BENCH_CHECK=1 scripts/test.sh --filter ComparisonTests.commits

interop: ## compare our fuzzing engine, libFuzzer and, where installed, AFL++ on one suite
	@Peers/fuzz/interop.sh

clean: ## remove what was built; the ledger in .pulsegate and reports/ stay
	rm -rf .build .build-*
