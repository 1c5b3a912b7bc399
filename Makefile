# Comity. `make help` says what there is.
SHELL := /bin/bash
GOBIN ?= $(shell go env GOPATH)/bin
GO    ?= go

LINT_VERSION := v2.15.0
SWAG_VERSION := v1.16.6

.PHONY: help run demo test check lint fuzz courtesy letters year bench scale pages openapi generate

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: ## everything on this machine: private PostgreSQL, server, worker, mail catcher
	@$(GO) build -o bin/comity ./cmd/comity && exec bin/comity run

demo: ## play whole deals over HTTP (COMITY_DEMO_INVOICES=<dir> COMITY_DEMO_HISTORY=<csv> for real input)
	@$(GO) build -o bin/comity ./cmd/comity && exec bin/comity demo

test: ## every test, on a throw-away PostgreSQL
	@$(GO) build -o bin/comity ./cmd/comity && bin/comity with-postgres $(GO) test -count=1 -timeout 25m ./...

check: lint ## lint, generated files, tests
	@$(MAKE) --no-print-directory generate && git diff --exit-code -- openapi docs && $(MAKE) --no-print-directory test

lint: ## golangci-lint and gofumpt
	@test -x $(GOBIN)/golangci-lint || $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(LINT_VERSION)
	@$(GOBIN)/golangci-lint run ./...

fuzz: ## every fuzz target for FUZZTIME (60s)
	@./.ci/fuzz $(or $(FUZZTIME),60s)

courtesy: ## the courtesy engine under random interleavings (SEEDS=200)
	@$(GO) build -o bin/comity ./cmd/comity && COMITY_COURTESY_SEEDS=$(or $(SEEDS),200) bin/comity with-postgres $(GO) test -count=1 -timeout 0 -v -run Courtesy ./collections

letters: ## the letters on paper, as PDF and as pictures to look at, in bin/letters
	@rm -rf bin/letters && mkdir -p bin/letters && $(GO) test -count=1 -run Paper ./collections -papers $(CURDIR)/bin/letters && ls bin/letters

year: ## a year of the courtesy engine with made-up debtors, and its audit (SEED=1 DEBTORS=10000 SELLERS=200 FACTORS=5 DAYS=365)
	@$(GO) build -o bin/comity ./cmd/comity && exec bin/comity year -seed $(or $(SEED),1) -debtors $(or $(DEBTORS),10000) -sellers $(or $(SELLERS),200) -factors $(or $(FACTORS),5) -days $(or $(DAYS),365)

bench: ## start, memory, imports, submit and accept beside pgbench (COMITY_HISTORY=<csv> for a real file; BENCH="-seconds 5")
	@$(GO) build -o bin/comity ./cmd/comity && exec bin/comity bench $(BENCH)

scale: ## a day's plan for 100,000 cases with a million open invoices, and workers killed on their way (SCALE="-cases 10000")
	@$(GO) build -o bin/comity ./cmd/comity && exec bin/comity scale $(SCALE)

pages: ## walk the debtor's pages in a real browser: every verb, five languages, two widths (pictures in portal/browsertest/shots)
	@$(GO) build -o bin/comity ./cmd/comity && cd portal/browsertest && npm ci --silent --no-audit --no-fund && exec npm test --silent

openapi: generate ## the contract, from the annotations
generate:
	@test -x $(GOBIN)/swag || $(GO) install github.com/swaggo/swag/cmd/swag@$(SWAG_VERSION)
	@rm -rf bin/swagger && mkdir -p bin/swagger
	@$(GOBIN)/swag init --quiet --generalInfo contract.go --dir api --parseInternal --requiredByDefault --outputTypes json --output bin/swagger
	@$(GO) run ./cmd/openapi bin/swagger/swagger.json openapi/openapi.json
