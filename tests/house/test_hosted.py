"""What runs elsewhere runs the same: hosted checks, and the hooks of a commit."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def commands(file: str, pattern: str) -> list[str]:
    return re.findall(pattern, (ROOT / file).read_text("utf-8"), re.MULTILINE)


def test_hosted_checks_run_the_commands_of_the_own_ones() -> None:
    own = commands(".ci/run", r"^\s*(make .+)$")
    assert own == commands(".github/workflows/ci.yml", r"^ *- run: (make .+)$")
    assert own


def test_the_hooks_of_a_commit_are_steps_of_make_check() -> None:
    hooks = commands(".pre-commit-config.yaml", r"^ *entry: \.venv/bin/(.+)$")
    steps = commands("Makefile", r"^\t\$\(BIN\)/(.+)$")
    for hook in hooks:
        # On every file a commit changes, but for those that ruff leaves out anyhow.
        asked = hook.replace(" --force-exclude", "")
        assert any(step == asked or step.startswith(f"{asked} ") for step in steps), hook
    assert len(hooks) == 3
