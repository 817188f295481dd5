.DEFAULT_GOAL := help
.PHONY: help serve test faults check bench audit screenshots icons requirements sbom messages

python := .venv/bin/python
compile := $(python) -m piptools compile --quiet --strip-extras --allow-unsafe \
	--no-annotate --generate-hashes --no-emit-index-url --no-emit-find-links
export CUSTOM_COMPILE_COMMAND := make requirements

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' Makefile

serve: ## run the portal on PORT (8000 unless set); without a .env file as a demonstration
	@deploy/serve

test: ## run all tests on SQLite and on PostgreSQL; ARGS="-k qr" chooses
	@tests/run $(ARGS)

faults: ## the long forms of what tests/faults injects: kills, bad input; prints a table for each database
	@FAULTS=long tests/run tests/faults $(ARGS)

check: ## style, types, migrations, translations, production settings, licences, known advisories
	@tests/check

bench: ## measure lint, import, check, delivery, kept pages, servers, lists and rendering, with limits
	@deploy/venv dev
	@$(python) bench/privacy.py
	@$(python) bench/imports.py
	@$(python) bench/check.py
	@$(python) bench/delivery.py
	@$(python) bench/pages.py
	@$(python) bench/server.py
	@$(python) bench/lists.py
	@$(python) bench/rendering.py

audit: ## ask Lighthouse, axe and the HTML validator about the pages of a fresh demonstration
	@deploy/venv dev
	@tests/tools/install
	@$(python) bench/audit.py

screenshots: ## remake the pictures of README and handbook, and one of every page in build/pictures
	@deploy/venv dev
	@$(python) docs/screenshots.py
	@$(python) docs/handbook.py
	@$(python) docs/gallery.py

icons: ## remake the icons of the installed app from static/images/mark.svg
	@deploy/venv dev
	@$(python) docs/icons.py

requirements: ## pin requirements.in and requirements-dev.in; UPGRADE=1 takes the newest
	@deploy/venv dev
	$(compile) $(if $(UPGRADE),--upgrade) requirements.in
	$(compile) $(if $(UPGRADE),--upgrade) requirements-dev.in

sbom: ## write the bill of materials of what the portal runs with: build/sbom.json (CycloneDX)
	@deploy/venv dev
	@mkdir -p build
	$(python) -m cyclonedx_py requirements --output-reproducible --output-file build/sbom.json requirements.txt

messages: ## collect the texts to translate into locale/, and compile the translations
	@deploy/venv dev
	DJANGO_SETTINGS_MODULE=tests.settings $(python) manage.py update_translations
