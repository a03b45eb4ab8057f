# Every command of the project. `make help` lists them.
#
# Compiled crates and the emulator's virtual environment are kept outside the clone, so that repeats
# are quick; without the folder everything is made anew.
PLUMBLINE_CACHE ?= $(HOME)/.cache/plumbline
CARGO_TARGET_DIR ?= $(PLUMBLINE_CACHE)/target
export PLUMBLINE_CACHE CARGO_TARGET_DIR

PLUMBLINE := $(CARGO_TARGET_DIR)/debug/plumbline
TOOLS := $(PLUMBLINE_CACHE)/tools
DENY_VERSION := 0.20.2
FUZZ_VERSION := 0.13.2
FUZZ_SECONDS ?= 60

.DEFAULT_GOAL := help
.PHONY: help clone build demo test fuzz lint fmt docs bench

help: ## List the commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

# Cargo tells what is new by the times of files, and does not see that they are of another clone with the same target folder.
clone:
	@test "$$(cat $(CARGO_TARGET_DIR)/clone 2>/dev/null)" = "$(CURDIR)" || { \
	  cargo clean --quiet --package plumbline --package plumbline-document && \
	  mkdir -p $(CARGO_TARGET_DIR) && echo "$(CURDIR)" > $(CARGO_TARGET_DIR)/clone; }

build: clone ## Build the program
	cargo build --locked

demo: build ## Audit an emulated account: findings, reports, and a second audit that has nothing new to say
	localstack/demo $(PLUMBLINE)

test: clone ## Install what the tests need and run all of them
	localstack/emulator install
	localstack/emulator install tests/tools/cloudformation.txt
	localstack/emulator install tests/tools/schemathesis.txt
	cargo test --workspace --locked
	$(MAKE) fuzz FUZZ_SECONDS=30

fuzz: ## Feed the reader of documents what nobody writes, for FUZZ_SECONDS
	@test -x $(TOOLS)/bin/cargo-fuzz || cargo install --locked --quiet --root $(TOOLS) cargo-fuzz@$(FUZZ_VERSION)
	PATH="$(TOOLS)/bin:$$PATH" fuzz/run $(FUZZ_SECONDS)

lint: clone ## Formatting, clippy with warnings denied, licences and sources
	cargo fmt --all --check
	cargo clippy --workspace --locked --all-targets -- -D warnings
	@test -x $(TOOLS)/bin/cargo-deny || cargo install --locked --quiet --root $(TOOLS) cargo-deny@$(DENY_VERSION)
	$(TOOLS)/bin/cargo-deny --all-features check bans licenses sources

fmt: ## Format the code
	cargo fmt --all

docs: build ## Write what is generated: docs/checks, the JSON schema
	PLUMBLINE_WRITE=1 cargo test --locked --test it generated

bench: clone ## Measure: the reader, evaluation, and whole audits under AWS-like latency and limits
	cargo bench --locked --profile dev --config benches/profile.toml -p plumbline-document
	cargo bench --locked --profile dev --config benches/profile.toml --no-fail-fast
