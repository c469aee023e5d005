# The two commands of the README, and a few for those who build Vitrine. Nothing is kept outside build/ and .deps/.
#
#   make demo [PHOTOS=folder]   install what is missing, build, index real photographs, search them
#   make test                   everything that CI runs; make test-fast leaves out the slow tests
#   make test-cluster           the tests that need a real OpenSearch cluster: installs one here, on loopback alone
#   make screenshots            every page in light and dark, into build/screenshots
#   make bench                  the measurements behind the README's table
#   make install PREFIX=/opt/vitrine
PRESET ?= release
BUILD  := build/$(PRESET)
JOBS   ?= $(shell nproc)
PREFIX ?= /usr/local

.PHONY: all demo test test-fast test-cluster asan asan-below-engine tsan lint screenshots bench install bootstrap clean

all: bootstrap
	cmake --preset $(PRESET)
	cmake --build $(BUILD) -j $(JOBS)

bootstrap:
	tools/bootstrap

demo: all
	tools/demo $(BUILD)/bin/vitrine "$(PHOTOS)"

test: PRESET = release
test:
	tools/bootstrap --test
	cmake --preset $(PRESET)
	cmake --build $(BUILD) -j $(JOBS)
	ctest --test-dir $(BUILD) --output-on-failure -j $(JOBS)

test-fast: all
	ctest --test-dir $(BUILD) --output-on-failure -j $(JOBS) -LE slow

# Three nodes on this machine's loopback, 5 GiB of memory. Once it is installed, `make test` runs this part too.
test-cluster: all
	tools/test-cluster install
	VITRINE_KILL_ROUNDS=20 ctest --test-dir $(BUILD) --output-on-failure -R '^(unit|e2e)\.cluster'

# The unit, end-to-end and hostile tests under AddressSanitizer and UndefinedBehaviorSanitizer. Recall, tokens of each of a
# million code points and fifty kills are the same steps again and again: minutes for nothing. asan-below-engine is what CI
# runs of it: a third of the work, and all code that reads the bytes of strangers.
asan asan-below-engine: export GTEST_FILTER = -Recall.*:*EveryCodePoint*:KillNine.*
asan: ASAN_TARGET = vitrine_tests
asan-below-engine: ASAN_TARGET = vitrine_tests_below_engine
asan-below-engine: ASAN_LABEL = -L below_engine
asan asan-below-engine:
	tools/bootstrap --test
	cmake --preset asan
	cmake --build build/asan -j $(JOBS) --target $(ASAN_TARGET)
	ctest --test-dir build/asan --output-on-failure -j $(JOBS) -LE slow $(ASAN_LABEL)

# The threads of the pipeline and of the searches under ThreadSanitizer, with the fake embedder. Damaged files and
# arithmetic are no matter of threads, and a child that was forked beside threads may start none of its own here.
TSAN_SKIPS := Recall.*:*Recall*:*Damage*:IndexModel.*:ClusterTree.*:SignCodes.*:Kernels.*:*Selectivity*:HnswIndex.A*:KillNine.*:IndexStore.AFileOf*
tsan: export GTEST_FILTER = -$(TSAN_SKIPS):IndexKill.*:IndexStore.ADiskThatFillsUp*
tsan:
	tools/bootstrap --test
	cmake --preset tsan
	cmake --build build/tsan -j $(JOBS) --target base_test index_test ingest_test
	ctest --test-dir build/tsan --output-on-failure -R 'unit\.(base|index|ingest)' -LE slow

lint:
	tools/lint $(BUILD)

screenshots: NODE = $(or $(wildcard $(CURDIR)/.deps/node/bin/node),node)
screenshots:
	tools/bootstrap --test
	cmake --preset $(PRESET)
	cmake --build $(BUILD) -j $(JOBS)
	VITRINE_BUILD=$(CURDIR)/$(BUILD) tools/browser_tests $(NODE) --config playwright.screenshots.ts
	@echo "screenshots: in build/screenshots"

bench: all
	bench/run $(BUILD)/bin

install: all
	cmake --install $(BUILD) --prefix $(PREFIX)

clean:
	rm -rf build
