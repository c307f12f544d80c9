.DEFAULT_GOAL := help
.PHONY: setup build test lint bench demo account install publisher-stack publisherhelper-stack subscriber-stack \
	subscriberhelper-stack uninstall package image clean help

setup: ## Install what building and testing need: Debian packages, and Python tools into .venv
	@scripts/setup

build: setup ## Build s3haul and bootstrap for release, in .build/release
	swift build -c release --static-swift-stdlib

test: setup ## Run all tests: lint, unit, real servers, end to end, thread and address sanitizer
	@scripts/test

lint: setup ## Check the form of the sources
	@scripts/test lint

bench: build ## Measure s3haul and the tools one would use instead: make bench [ONLY="engine small"]
	@scripts/setup bench
	@scripts/stack run -- .venv/bin/python Benchmarks/run.py $(ONLY)

demo: build ## Copy a bucket by driver, AWS Batch jobs and workers, on real servers of this machine
	@scripts/demo

# Target by target, for what they depend on too.
install uninstall: STACK ?= s3haul
publisher-stack publisherhelper-stack: STACK ?= s3haul-publisher
subscriber-stack subscriberhelper-stack: STACK ?= s3haul-subscriber
# Of another architecture the image is built by itself, and both by its name.
for_architecture := $(if $(ARCHITECTURE),--parameter Architecture=$(ARCHITECTURE))
this_architecture := $(subst aarch64,arm64,$(shell uname -m))
is_foreign := $(filter-out $(this_architecture),$(ARCHITECTURE))

# Before anything is built: whether there is somewhere to install it.
account: setup
	@scripts/install --check --stack $(or $(STACK),s3haul) $(ARGUMENTS)

install: account image ## Install s3haul into an AWS account: make install [STACK=s3haul] [ARGUMENTS="--dry-run"]
	@scripts/install --stack $(STACK) $(for_architecture) $(ARGUMENTS)

publisher-stack publisherhelper-stack: account image ## Install it to publish: encrypt, and let a subscriber read
	@scripts/install --variant publisher --stack $(STACK) $(for_architecture) $(ARGUMENTS)

subscriber-stack subscriberhelper-stack: account image ## Install it to subscribe: take ownership of what is copied
	@scripts/install --variant subscriber --stack $(STACK) $(for_architecture) $(ARGUMENTS)

uninstall: setup ## Remove it from the account: make uninstall [STACK=s3haul]
	@scripts/uninstall --stack $(STACK) $(ARGUMENTS)

package: build ## Make the driver's zip for Lambda, .build/package/bootstrap.zip
	@scripts/package

image: $(if $(is_foreign),setup,build) ## Make the image of driver and workers: make image [ARCHITECTURE=arm64]
	@scripts/image $(if $(is_foreign),--platform linux/$(subst x86_64,amd64,$(ARCHITECTURE)))

clean: ## Remove what was built
	rm -rf .build .build-tsan .build-asan Benchmarks/results

help: ## List these targets
	@sed -nE 's/^([a-z-]+)( [a-z-]+)?:.*## (.*)/\1\t\3/p' Makefile | expand -t 18
