# One command for each thing that a person does; `make` lists them.
STACK ?= oregon

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help up preview refresh destroy reset build test lint

# An installed CLI is used; who has none gets a pinned build.
ifeq ($(shell command -v pulumi),)
pulumi := bin/pulumi
endif

sources := go.mod go.sum $(shell find . -name '*.go' -o -name register.yaml)
sandbox := bin/sandbox --program bin/multisite pulumi

# Counts what the compiler has done, since the first build takes minutes; what
# is not the name of a package is shown.
progress = 2>&1 | awk '/^[^ :]+$$/ {printf "\r  %d packages compiled", ++n; fflush(); next} /^go: downloading/ {printf "\r  %d modules fetched", ++m; fflush(); next} {print} END {if (n || m) print ""}'

help: ## Lists these commands
	@echo "make COMMAND [STACK=oregon], on the simulated cloud:"
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

up: build ## Creates or updates the site STACK
	@$(sandbox) up -s $(STACK) --yes --skip-preview

preview: build ## Shows what up would do
	@$(sandbox) preview -s $(STACK) --diff

refresh: build ## Looks for changes made behind Pulumi's back
	@$(sandbox) refresh -s $(STACK) --yes --skip-preview

destroy: build ## Lifts the deletion protection of STACK, then deletes it
	@if [[ $$($(sandbox) stack export -s $(STACK)) == *'"protect": true'* ]]; then \
	  echo "$(STACK) is protected: first an update that lifts the protection, then the destroy."; \
	  $(sandbox) up -s $(STACK) --yes --skip-preview -c multisite:deletionProtection=false; \
	fi
	@$(sandbox) destroy -s $(STACK) --yes

reset: build ## Deletes the simulated account and all state
	@bin/sandbox reset

build: $(pulumi) bin/sandbox bin/multisite ## Builds what the commands above run, as far as it is out of date

bin/multisite: $(sources)
	@echo "Building the program (about two minutes the first time, for the AWS SDK)."
	@go build -v -o $@ . $(progress)

bin/sandbox: $(sources)
	@echo "Building the sandbox."
	@go build -v -o $@ ./sandbox $(progress)

bin/pulumi: tools/pulumi/go.mod tools/pulumi/go.sum
	@cd tools/pulumi && version=$$(go list -m -f '{{.Version}}' github.com/pulumi/pulumi/pkg/v3) && \
	echo "No pulumi on PATH: building $$version from Go modules, once (about five minutes on two cores)." && \
	go build -v -o ../../$@ -ldflags "-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=$${version#v}" \
	  github.com/pulumi/pulumi/pkg/v3/cmd/pulumi $(progress)

bin/golangci-lint: tools/golangci-lint/go.mod tools/golangci-lint/go.sum
	@echo "Building golangci-lint from Go modules, once (about three minutes on two cores)."
	@cd tools/golangci-lint && go build -v -o ../../$@ github.com/golangci/golangci-lint/v2/cmd/golangci-lint $(progress)

test: build ## Runs every test that needs neither network nor account
	@go test -count=1 ./...

lint: bin/golangci-lint ## Checks the code's form
	@go mod tidy -diff
	@bin/golangci-lint run
