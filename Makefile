# make              the environment, then the default study
# make study=NAME   another study: config/NAME.yaml, or the folder of one
# make verbose=1    what Snakemake says of every job, in place of a line a step
# make test         the environment, then lint, and the tests that one runs while working
# make test whole=1 every test, in three times as long: hostile files, SLURM, the studies that ship
#
# All else is handed on to the command `coevo`, which says more by itself (coevo --help):
# make release [name=NAME]     coevo release
# make check [strict=1]        coevo check
# make package                 coevo package
# make clean                   coevo clean
# make new study=NAME [from=FOLDER] [first=2018 last=2023 vintage=2026-11]     coevo new

# a new study is to be named
study := $(if $(filter new,$(MAKECMDGOALS)),,provinces)
PYTHON = python3
cores  = all
# of the release; empty: the newest vintage and the last year
name   =

# What is typed is data: make does not expand it, and in the environment no shell takes it for a text
# of its own.
typed = study cores name first last vintage from verbose strict whole
$(foreach word,$(typed),$(eval override $(word) := $$(value $(word))))
export $(typed)

ifeq ($(OS),Windows_NT)
bin = .venv/Scripts
else
bin = .venv/bin
endif
stamp = .venv/filled
# what tests need besides
tools = .venv/tools
# A run ends with its make, whose number the shell knows.
run = @COEVO_MAKE=$$PPID exec "$(bin)/python" -m coevo

.PHONY: study release new check package test lint clean
.DEFAULT_GOAL := study

study: $(stamp)
	$(run) build "--study=$$study" "--cores=$$cores" $(if $(verbose),--verbose)

release: $(stamp)
	$(run) release "--study=$$study" "--cores=$$cores" $(if $(verbose),--verbose) "$$name"

new: $(stamp)
	$(run) new "--first=$$first" "--last=$$last" "--vintage=$$vintage" "--from=$$from" -- "$$study"

check: $(stamp)
	$(run) check "--study=$$study" $(if $(strict),--strict)

package: $(stamp)
	$(run) package "--study=$$study"

$(stamp): requirements.lock
	@$(PYTHON) -c "import sys; sys.exit(0 if (3, 11) <= sys.version_info < (3, 14) else 'coevo needs Python 3.11, 3.12 or 3.13; name one: make PYTHON=python3.12')"
	@$(PYTHON) -c "import pathlib; link = pathlib.Path('.venv'); link.is_symlink() and link.unlink()"
	$(PYTHON) -m venv --clear .venv
	"$(bin)/python" -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r requirements.lock
	"$(bin)/python" -m pip install --quiet --disable-pip-version-check --no-deps --editable .
# as pip does, but on every core, and without the tests of the packages
	-@"$(bin)/python" -m compileall -q -j 0 -x "[\\/]tests?[\\/]" .venv coevo > $(if $(filter Windows_NT,$(OS)),NUL,/dev/null)
	@echo filled > $(stamp)

$(tools): requirements-test.lock $(stamp)
	"$(bin)/python" -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-test.lock
	@echo filled > $(tools)

lint: $(tools)
	"$(bin)/ruff" check .
	"$(bin)/ruff" format --check .
	"$(bin)/snakefmt" --check Snakefile workflow/Snakefile workflow/rules
	"$(bin)/mypy"
	"$(bin)/codespell"
	@"$(bin)/snakemake" --lint

test: lint
	"$(bin)/python" -m pytest --durations=10 $(if $(whole),,-m "not whole")

clean: $(stamp)
	$(run) clean "--study=$$study"
