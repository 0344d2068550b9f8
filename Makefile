# make              the environment, then the default study
# make study=NAME   another study: config/NAME.yaml
# make release      the study, then its tables kept under reports/NAME/releases; name=... names them
# make verbose=1    what Snakemake says of every job, in place of a line a step
# make test         the environment, then lint, and the tests that one runs while working
# make test whole=1 every test, in three times as long: hostile files, SLURM, the studies that ship
# make new study=NAME [first=2018 last=2023 vintage=2026-11]
#                   begin a study: config, indicator table, workbook to fill in
# make new study=NAME from=FOLDER
#                   begin a study from downloads: config and tables with what the files hold
# make check study=NAME [strict=1]
#                   read and audit the raw files, write nothing
# make weights file=TABLE study=NAME
#                   say which method, and which common mistake, gives the weights in a CSV table
# make clean        remove what was built for the study; releases stay

# a new study is to be named
study := $(if $(filter new,$(MAKECMDGOALS)),,provinces)
PYTHON = python3
cores  = all
# of weights
file   =
# of the release; empty: the newest vintage and the last year
name   =

# What is typed is data: make does not expand it, and in the environment no shell takes it for a text
# of its own.
typed = study cores file name first last vintage from verbose strict whole
$(foreach word,$(typed),$(eval override $(word) := $$(value $(word))))
export $(typed)

ifeq ($(OS),Windows_NT)
bin = .venv/Scripts
else
bin = .venv/bin
endif
stamp = .venv/filled
# A run ends with its make, whose number the shell knows.
run = @COEVO_MAKE=$$PPID exec "$(bin)/python"

.PHONY: study release new check weights test lint clean
.DEFAULT_GOAL := study

study: $(stamp)
	$(run) workflow/once.py "study=$$study" "--cores=$$cores" $(if $(verbose),--verbose)

release: $(stamp)
	$(run) workflow/release.py "study=$$study" "$$name" "--cores=$$cores" $(if $(verbose),--verbose)

new: $(stamp)
	$(run) workflow/new.py "study=$$study" "first=$$first" "last=$$last" "vintage=$$vintage" "from=$$from"

check: $(stamp)
	$(run) workflow/check.py "study=$$study" $(if $(strict),--strict)

weights: $(stamp)
	$(run) workflow/weights.py "study=$$study" "$$file"

$(stamp): requirements.lock
	@$(PYTHON) -c "import sys; sys.exit(0 if (3, 11) <= sys.version_info < (3, 14) else 'coevo needs Python 3.11, 3.12 or 3.13; name one: make PYTHON=python3.12')"
	@$(PYTHON) -c "import pathlib; link = pathlib.Path('.venv'); link.is_symlink() and link.unlink()"
	$(PYTHON) -m venv --clear .venv
	"$(bin)/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	"$(bin)/python" -m compileall -q coevo
	@echo filled > $(stamp)

lint: $(stamp)
	"$(bin)/ruff" check .
	"$(bin)/ruff" format --check .
	"$(bin)/snakefmt" --check Snakefile workflow/Snakefile workflow/rules
	"$(bin)/mypy"
	"$(bin)/codespell"
	@"$(bin)/snakemake" --lint

test: lint
	"$(bin)/python" -m pytest --durations=10 $(if $(whole),,-m "not whole")

clean: $(stamp)
	$(run) workflow/clean.py "study=$$study"
