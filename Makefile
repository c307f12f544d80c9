.DEFAULT_GOAL := help
.PHONY: setup build test lint bench demo package image clean help

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

package: build ## Make the driver's zip for Lambda, .build/package/bootstrap.zip
	@scripts/package

image: build ## Make the image of driver and workers, localhost/s3haul
	@scripts/image

clean: ## Remove what was built
	rm -rf .build .build-tsan .build-asan Benchmarks/results

help: ## List these targets
	@sed -nE 's/^([a-z]+):.*## (.*)/\1\t\2/p' Makefile | expand -t 10
