#!/usr/bin/env bash
# Pins every package with its hashes, once for Python 3.11 to 3.13 (all run the same versions), naming no package index.
# NCCL serves XGBoost on several GPUs only and weighs 300 MB, so it is left out; hence `--no-deps` when installing.
set -euo pipefail
cd "$(dirname "$0")/../.."
lock() {
  .venv/bin/uv pip compile pyproject.toml --universal --fork-strategy fewest --python-version 3.11 --generate-hashes \
    --no-header --no-emit-index-url --no-emit-package nvidia-nccl-cu12 --no-emit-package nvidia-nccl-cu13 --quiet "$@"
}
lock --output-file infra/requirements/runtime.txt
lock --constraint infra/requirements/runtime.txt --extra dev --output-file infra/requirements/dev.txt
printf 'uv\n' | .venv/bin/uv pip compile - --universal --generate-hashes --no-header --no-annotate --no-emit-index-url \
  --quiet --output-file infra/requirements/bootstrap.txt
