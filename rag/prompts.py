"""Templates in `prompts/`, one a file: a header (`id`, `version`, `variables`), a line of three dashes, the wording.

`{name}` stands for a variable. Not langchain's PromptTemplate: importing it takes over a second, more than half of what
a cold `byline ask` may take, and it lets unused variables pass.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from rag.errors import SettingsError

PROMPTS_DIR = Path(__file__).resolve().parent.parent / "prompts"
_VARIABLE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Prompt:
    """A template whose wording uses exactly `variables`."""

    id: str
    version: int
    variables: frozenset[str]
    wording: str

    @property
    def identity(self) -> str:
        """Names the version and the exact wording."""
        return f"{self.version}/{hashlib.sha256(self.wording.encode()).hexdigest()[:12]}"

    def render(self, **values: str) -> str:
        """Raises SettingsError when a variable has no value or a value no variable."""
        _same(self.id, "was rendered with", set(values), self.variables)
        return _VARIABLE.sub(lambda match: values[match.group(1)], self.wording)


@lru_cache(maxsize=64)
def load_prompt(prompt_id: str, folder: Path = PROMPTS_DIR) -> Prompt:
    """The template in `<prompt_id>.md`. Raises SettingsError when it is missing or its header and wording differ."""
    path = folder / f"{prompt_id}.md"
    try:
        head, found, wording = path.read_text("utf-8").partition("\n---\n")
    except OSError as error:
        raise _unusable(prompt_id, f"{path} can't be read ({error.strerror})") from error
    fields = dict(line.split(":", 1) for line in head.splitlines() if ":" in line)
    if not found or set(fields) != {"id", "version", "variables"} or not fields["version"].strip().isdigit():
        raise _unusable(prompt_id, "its header is not id, version, variables and a line of three dashes")
    if fields["id"].strip() != prompt_id:
        raise _unusable(prompt_id, f"its header names it {fields['id'].strip()}")
    variables = frozenset(fields["variables"].split())
    _same(prompt_id, "declares", set(variables), frozenset(_VARIABLE.findall(wording)))
    return Prompt(prompt_id, int(fields["version"]), variables, wording.strip())


def _same(prompt_id: str, what: str, given: set[str], used: frozenset[str]) -> None:
    missing, unused = sorted(used - given), sorted(given - used)
    if missing or unused:
        faults = [f"without {', '.join(missing)}"] * bool(missing) + [f"with unused {', '.join(unused)}"] * bool(unused)
        raise _unusable(prompt_id, f"it {what} variables {' and '.join(faults)}")


def _unusable(prompt_id: str, why: str) -> SettingsError:
    return SettingsError(f"The prompt {prompt_id} can't be used: {why}.", remedy="Correct its file or restore it.")
