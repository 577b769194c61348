# Everything a developer needs. `make` alone prints this list.
#   make start PORT=8100      serve on another port
#   make setup PYTHON=/path   use this Python

.DEFAULT_GOAL := help
.PHONY: help start setup test check fix bench lock docs messages clean

help:      ## print this list
	@sed -n 's/^\([a-z]*\): *[a-z]* *## /  make \1\t/p' Makefile | expand -t 18

start: setup ## set up, fill a demo company and serve it until Ctrl-C
	@exec .venv/bin/kundenkreis start --demo

setup:     ## prepare this checkout: Python packages, front end, translations
	@sh tools/setup.sh

test: setup ## run every test, on SQLite and on PostgreSQL
	@exec .venv/bin/python -m tools.test

check: setup ## style, types, architecture, translations, lock files
	@exec .venv/bin/python -m tools.check

fix: setup ## repair what can be repaired automatically: style of Python and templates
	@exec .venv/bin/python -m tools.check --fix

bench: setup ## measure, each figure beside its floor in the same run
	@exec .venv/bin/python -m bench

lock: setup ## resolve the dependencies anew and write the lock files
	@exec .venv/bin/python -m tools.lock

docs: setup ## take the pictures of README and guide anew, and build the guide
	@.venv/bin/python -m tools.screenshots
	@.venv/bin/python -m tools.guide

sbom: setup ## write the software bill of materials to var/sbom.cdx.json
	@exec .venv/bin/python -m tools.sbom var/sbom.cdx.json

audit: setup ## ask for known weaknesses of the dependencies; needs the Internet
	@exec .venv/bin/python -m tools.audit

messages: setup ## collect translatable texts into the .po files, and write the reference anew
	@.venv/bin/python -m tools.messages update
	@.venv/bin/python -m tools.reference

clean:     ## remove everything that was made here, but not the data in var/
	@rm -rf .boot .venv node_modules src/kundenkreis/*/static/built .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find src -name '*.mo' -delete
	@find src -name __pycache__ -prune -exec rm -rf {} +
