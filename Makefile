# Every target is one `sfp` or `python -m` call; docs/windows-and-macos.md lists them for machines without make.
PYTHON ?= python3
ifeq ($(OS),Windows_NT)
  BIN := .venv/Scripts
else
  BIN := .venv/bin
endif
PY := $(BIN)/python
READY := .venv/.ready

.DEFAULT_GOAL := help
.PHONY: annex test lab accept docs quarto lock benchmarks wheel clean help

annex: $(READY)  ## build the annex from the parameters and say where to open it
	@$(PY) -m sfp_model annex

test: $(READY)  ## ruff, mypy, documentation, unit tests, doctests, notebooks, README, site
	@$(PY) -m tests

lab: $(READY)  ## open JupyterLab on the notebooks
	@$(PY) -m jupyterlab notebooks

accept: $(READY)  ## take changed notebook outputs and golden results on purpose; prints the difference in CHF
	@$(PY) -m sfp_model.annex.accept

docs: $(READY)  ## build the documentation into docs/_build
	@$(PY) -m sphinx -q -W -b html docs docs/_build

quarto: $(READY)  ## install Quarto's package into the environment, where its download can be reached
	@$(PY) -m sfp_model.annex.get_quarto

lock: $(READY)  ## renew uv.lock and requirements.txt after a change of pyproject.toml
	@$(PY) -m tests.lock

benchmarks: $(READY)  ## print the speed ratios and write benchmarks/results
	@$(PY) -m benchmarks

wheel: $(READY)  ## build the wheel into dist
	@$(PY) -m build --wheel

clean:  ## remove what was built (not the environment)
	@$(PYTHON) -c "import pathlib, shutil; pathlib.Path('_annex.yml').unlink(True); [shutil.rmtree(p, True) for p in ('annex', 'annex-print', '_site', '_site-test', 'results', 'docs/_build', 'dist', '.cache')]"

help:  ## this list
	@$(PYTHON) -c "import re; [print(f'  make {m[1]:<11}{m[2]}') for m in re.finditer(r'^(\w+):.*?  ## (.+)$$', open('Makefile').read(), re.M)]"

$(READY): requirements.txt pyproject.toml
	@echo "setting up .venv (once; a few minutes)"
	@$(PYTHON) -c "import sys; sys.exit(None if sys.version_info >= (3, 11) else 'Python 3.11 or later is needed; call make PYTHON=python3.12, for example')"
	@$(PYTHON) -m venv .venv
	@$(PY) -m pip install --disable-pip-version-check --progress-bar on -q --require-hashes -r requirements.txt
	@$(PY) -m pip install --disable-pip-version-check -q --no-deps --no-build-isolation -e .
	@$(PY) -c "open('$(READY)', 'w').close()"
