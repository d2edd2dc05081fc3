"""Fail where a tracked file has what must not be there: a registry's address, a machine's path, a mark left behind.

And where migrations fork: two that follow the same one, which git merges without a word.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parent.parent
RULES = {
    "a package registry's address": re.compile(
        r"(?:registry\.npm" r"js\.org|pypi\.py" r"thon\.org|//pypi\." r"org|files\.pyth" r"onhosted\.org)"
    ),
    "a path of one machine": re.compile(r"/(?:home|Users)/[a-z]\w*/"),
    "a mark left behind": re.compile(r"\b(?:TO" r"DO|FIX" r"ME|XX" r"X)\b"),
}
_FOLLOWS = re.compile(r"^down_revision = (.+)$", re.MULTILINE)
BINARY = {".png", ".woff2", ".gz", ".ttf", ".ico"}


def tracked() -> list[Path]:
    """Return the files that git knows, or every file where there is no git."""
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    return [ROOT / name for name in listing.decode().split("\0") if name]


def forked_migrations() -> list[str]:
    """Return a complaint for each migration that more than one other follows."""
    folder = ROOT / "src/emban/db/migrations/versions"
    followed = Counter(found for path in folder.glob("*.py") for found in _FOLLOWS.findall(path.read_text()))
    return [
        f"{folder.relative_to(ROOT)}: {times} migrations follow {one}" for one, times in followed.items() if times > 1
    ]


def main() -> int:
    """Print every complaint; return 1 if there is one."""
    complaints = forked_migrations()
    for path in tracked():
        if path.suffix in BINARY or not path.is_file():
            continue
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
            complaints.extend(
                f"{path.relative_to(ROOT)}:{number}: {what}" for what, rule in RULES.items() if rule.search(line)
            )
    print("\n".join(complaints) if complaints else "tree: fine")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
