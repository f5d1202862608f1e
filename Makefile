# The commands of this repository; each is a script in scripts/, so that CI can call it and see the true exit code
# (make turns every failing code into 2).

.DEFAULT_GOAL := help
.PHONY: help setup gate test lint bench interop clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-7s %s\n", $$1, $$2 }' Makefile

setup: ## check Swift and install missing Debian packages (the other targets call it)
	@scripts/setup.sh

gate: ## build pulsegate in release and judge this repository by gates.json
	@scripts/gate.sh

test: ## build and run every test
	@scripts/test.sh

lint: ## check the format of the Swift files and the shell scripts
	@scripts/lint.sh

bench: ## run this repository's benchmarks (release): ledger, start-up, property testing
	@scripts/bench.sh

interop: ## compare our fuzzing engine, libFuzzer and, where installed, AFL++ on one suite
	@Peers/fuzz/interop.sh

clean: ## remove what was built; the ledger in .pulsegate and reports/ stay
	rm -rf .build .build-*
