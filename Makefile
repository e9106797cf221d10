# The commands that people use; `make` lists them.
STACK ?= oregon
# With STACK=all: global for the zone, the sites for their certificates' requests, global for the
# records that prove control of the names, the sites for HTTPS, and global for the routes.
sites := $(filter-out global,$(patsubst Pulumi.%.yaml,%,$(wildcard Pulumi.?*.yaml)))
passes := global $(sites) global $(sites) global
stacks = $(if $(filter all,$(STACK)),$(passes),$(STACK))
SITE ?= singapore
FORMAT ?= markdown

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help up preview verdict refresh destroy reset build plugin check evidence entries drill rfq gaps placement preflight test chaos bench acceptance recorded live lint

# Use the installed Pulumi CLI, or build the pinned version if none is installed.
ifeq ($(shell command -v pulumi),)
pulumi := bin/pulumi
endif

sources := go.mod go.sum $(shell find . -name '*.go' -o -path './register/*.yaml' -o -path './internal/*.yaml' -o -name '*.tmpl')
sandbox := bin/sandbox --program bin/multisite pulumi

# Only stacks of local data centres need the plugin, so only these stacks build it.
ifneq ($(shell grep -l '^ *multisite:provider: *localdc' $(patsubst %,Pulumi.%.yaml,$(sort $(stacks))) 2>/dev/null),)
plugin := bin/pulumi-resource-localdc
endif

# Replaces the compiler's list of packages by a count, since the first build takes minutes,
# and prints all other output unchanged.
progress = 2>&1 | awk -v terminal="$$([ -t 1 ] && echo yes)" ' \
  function step(what, n) { if (terminal) printf "\r  %d %s", n, what; else if (n % 200 == 0) print "  " n " " what; fflush() } \
  /^go: downloading/ { step("modules fetched", ++fetched); next } \
  /^[^ :]+$$/ { step("packages compiled", ++compiled); next } \
  { print } END { if (terminal && fetched + compiled) print "" }'

help: ## Lists these commands
	@echo "make COMMAND [STACK=oregon], on the simulated cloud unless it names AWS:"
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

up: build ## Creates or updates the site STACK, or with STACK=all all sites and the names of their services
	@for stack in $(stacks); do echo "Updating $$stack."; $(sandbox) up -s $$stack --yes $(if $(filter all,$(STACK)),--skip-preview) || exit; done

preview: build ## Shows what up would do
	@$(sandbox) preview -s $(STACK) --diff

verdict: build bin/sites ## Reports what up would do, as a comment on a pull request does
	@$(sandbox) preview -s $(STACK) --json | bin/sites verdict $(STACK)

refresh: build ## Reads the account into the state, and shows changes made outside Pulumi
	@$(sandbox) refresh -s $(STACK) --yes --skip-preview

destroy: build ## Removes the deletion protection of STACK, or of all stacks, then deletes its resources
	@for stack in $(if $(filter all,$(STACK)),global $(sites),$(STACK)); do \
	  if [[ $$($(sandbox) stack export -s $$stack) == *'"protect": true'* ]]; then \
	    echo "$$stack is protected: an update removes the protection, then the destroy follows."; \
	    $(sandbox) up -s $$stack --yes -c multisite:deletionProtection=false || exit; \
	  fi; \
	  $(sandbox) destroy -s $$stack --yes || exit; \
	done

reset: build ## Deletes the simulated and the emulated account, and all state
	@bin/sandbox reset && bin/sandbox --cloud=emulated reset

build: $(pulumi) bin/sandbox bin/multisite $(plugin) ## Builds the programs that the commands above run, if they are out of date

bin/multisite: $(sources)
	@echo "Building the program (about three minutes the first time, for the AWS SDK)."
	@go build -v -o $@ . $(progress)

plugin: bin/pulumi-resource-localdc ## Builds the plugin for local data centres; an installed pulumi gets it too
	@if command -v pulumi >/dev/null; then \
	  pulumi plugin install resource localdc "$$(sed -n 's/.*Version = "\(.*\)"/\1/p' localdc/provider/provider.go)" --file $< --reinstall; \
	fi

bin/pulumi-resource-localdc: $(sources) localdc/go.mod localdc/go.sum
	@echo "Building the plugin for local data centres (about two minutes the first time, for Pulumi's provider library)."
	@go -C localdc build -v -o ../$@ . $(progress)

bin/sandbox: $(sources)
	@echo "Building the sandbox."
	@go build -v -o $@ ./cmd/sandbox $(progress)

bin/sites: $(sources)
	@go build -v -o $@ ./cmd/sites $(progress) >&2

bin/pulumi: tools/pulumi/go.mod tools/pulumi/go.sum
	@cd tools/pulumi && version=$$(go list -m -f '{{.Version}}' github.com/pulumi/pulumi/pkg/v3) && \
	echo "No pulumi on PATH: building $$version from Go modules, once (about five minutes on two cores)." && \
	go build -v -o ../../$@ -ldflags "-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=$${version#v}" \
	  github.com/pulumi/pulumi/pkg/v3/cmd/pulumi $(progress)

bin/golangci-lint: tools/golangci-lint/go.mod tools/golangci-lint/go.sum
	@echo "Building golangci-lint from Go modules, once (about three minutes on two cores)."
	@cd tools/golangci-lint && go build -v -o ../../$@ github.com/golangci/golangci-lint/v2/cmd/golangci-lint $(progress)

bin/actionlint: tools/actionlint/go.mod tools/actionlint/go.sum
	@cd tools/actionlint && go build -v -o ../../$@ github.com/rhysd/actionlint/cmd/actionlint $(progress)

# vale's parsers are in C; -w hides the C compiler's warnings about code of others.
bin/vale: tools/vale/go.mod tools/vale/go.sum
	@echo "Building vale from Go modules, once, with a C compiler (about a minute on two cores)."
	@cd tools/vale && CGO_ENABLED=1 CGO_CFLAGS='-O2 -w' go build -v -o ../../$@ github.com/vale-cli/vale/v3/cmd/vale $(progress)

rfq: bin/sites ## Prints the request for quotation for the partner of STACK, such as india; FORMAT is markdown or json
	@bin/sites rfq $(STACK) --format $(FORMAT)

gaps: bin/sites bin/pulumi-resource-localdc ## Prints the capabilities of AWS that STACK's driver lacks; FORMAT as for rfq
	@bin/sites gaps $(STACK) --format $(FORMAT)

placement: bin/sites ## Prints which site serves each market, why, and how fast; FORMAT as for rfq
	@bin/sites placement --format $(FORMAT)

# On AWS, with your credentials, unlike the commands on the simulated cloud.
preflight: bin/sites ## Reports what would stop pulumi up of STACK on AWS, or is wrong with it, with your credentials
	@bin/sites preflight $(STACK)

check: bin/sites ## Checks the configuration of all stacks, also against that of origin/main
	@bin/sites check

# Exports the state of every stack to a temporary folder, which is deleted when the command
# ends.
exports = exports=$$(mktemp -d); trap 'rm -r "$$exports"' EXIT; \
	for file in Pulumi.?*.yaml; do \
	  stack=$${file\#Pulumi.}; stack=$${stack%.yaml}; \
	  $(sandbox) stack export -s "$$stack" > "$$exports/$$stack.json"; \
	done

evidence: build bin/sites ## Writes reports to evidence/ of where the data of each market is stored
	@$(exports); bin/sites evidence evidence "$$exports"/*.json && echo "The reports are in evidence/."

entries: build bin/sites ## Prints which load balancer answers each service's HTTPS name in each market, or why none does
	@$(exports); bin/sandbox --program bin/multisite bin/sites entries "$$exports"/*.json

drill: build bin/sites bin/pulumi-resource-localdc ## Updates all stacks, and reports what users get while SITE is down, or only SERVICE is dead there
	@for stack in $(passes); do \
	  echo "Updating $$stack." >&2; \
	  output=$$($(sandbox) up -s "$$stack" --yes --skip-preview --suppress-progress 2>&1) || { echo "$$output" >&2; exit 1; }; \
	done
	@$(exports); bin/sites drill $(SITE) $(if $(SERVICE),--service $(SERVICE)) "$$exports"/*.json

# For each package with tests: its folder, its name, and the folder of its test program.
tested = {{if or .TestGoFiles .XTestGoFiles}}{{.Dir}} {{.ImportPath}} bin/tests{{end}}

# `go test` links the tests of every package again on each run, which takes a quarter of the
# total time; this target keeps the linked tests. Most test processes run for about a second,
# so they do without garbage collection. The packages run in reverse order, so that stacks,
# which takes longest, starts early.
test: build check ## Runs every test that needs neither a network nor an AWS account
	@echo "Building the tests."
	@mkdir -p bin/tests/localdc bin/tests/examples
	@go -C localdc test -c -ldflags='-s -w' -o ../bin/tests/localdc/ ./... >/dev/null & localdc=$$!; \
	go -C examples/application test -c -ldflags='-s -w' -o ../../bin/tests/examples/ . >/dev/null & example=$$!; \
	go test -c -ldflags='-s -w' -o bin/tests/ $$(go list -f '{{if or .TestGoFiles .XTestGoFiles}}{{.ImportPath}}{{end}}' ./...) >/dev/null && wait $$localdc && wait $$example
	@echo "Running them, for two minutes or more."
	@{ go list -f '$(tested)' ./...; go -C localdc list -f '$(tested)/localdc' ./...; go -C examples/application list -f '$(tested)/examples' .; } | awk 'NF == 3' | sort -r | \
	  xargs -P 3 -L 1 bash -c 'cd "$$0" && \
	    if output=$$(GOGC=off GOMEMLIMIT=400MiB "$(CURDIR)/$$2/$${1##*/}.test" -test.parallel=3 -test.timeout=30m 2>&1); \
	    then echo "ok   $$1, $$SECONDS s"; else echo "$$output"; echo "FAIL $$1"; exit 1; fi'

bench: build bin/pulumi-resource-localdc ## Measures durations and memory, and writes them to docs/benchmarks.md; ONLY=growth measures one section
	@go run ./test/bench $(if $(ONLY),-only $(ONLY))

chaos: build bin/sites ## Makes updates of every AWS site fail in many ways, for some minutes; SEED=… and RUN=… repeat a failure
	@CHAOS=whole SEED=$(SEED) go test -count=1 -timeout=3h -v -run '$(or $(RUN),.)' ./test/chaos | grep --line-buffered -v -e '^=== '

acceptance: build bin/sites ## Runs every AWS site on the real provider and an emulated AWS API, for some minutes
	@PATH="$(CURDIR)/test/acceptance:$$PATH" go -C test/acceptance test -count=1 -parallel=8 -timeout=60m -v ./...

recorded: build bin/sites ## Runs acceptance, records which AWS operations the stacks call, and writes their roles again
	@PATH="$(CURDIR)/test/acceptance:$$PATH" ACCEPTANCE=required go -C test/acceptance test -count=1 -parallel=8 -timeout=60m -v . -record
	@go test ./state/permissions -update

# live costs money and needs an AWS account without other use, so SITE has no default.
live: SITE = $(error live: SITE: found none; allowed: a site on AWS, such as make live SITE=oregon)
live: build bin/sites ## Tests SITE on a throw-away AWS account, which costs money; STEP is up, check or down, or all three if empty: docs/live.md
	@PATH="$$PATH:$(CURDIR)/bin" bin/sites live $(SITE) $(STEP) $(LIVE)

# The linter caches findings by file path, so checkouts must not share a cache.
lint: export GOLANGCI_LINT_CACHE = $(CURDIR)/bin/lint-cache
lint: bin/golangci-lint bin/actionlint bin/vale ## Checks the form of code and workflows, and the wording of all text
	@bin/actionlint -shellcheck= -pyflakes= # not every machine has shellcheck and pyflakes
	@for module in . test/acceptance localdc examples/application; do \
	  (cd $$module && go mod tidy -diff && "$(CURDIR)"/bin/golangci-lint run ./...); \
	done
	@bin/vale --no-global test .vale
	@git ls-files -co --exclude-standard | grep -vxFf <(git ls-files -d) | tr '\n' '\0' | xargs -0 bin/vale --no-global --output=line
