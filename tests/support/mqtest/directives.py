"""The directives of mosquitto.conf: the broker's table, read from its source, and their documentation."""

import re

from .process import run
from .programs import SOURCE
from .sources import code_files, text

DOCUMENTER = SOURCE / "scripts/docs"

# {"name", scope, argument..., apply[, means_off]}, where the scope tells a row from other tables.
_SCOPES = "global|security|default_listener|listener|explicit_listener|bridge|plugin"
_ROW = re.compile(r'^\s*\{"([a-z0-9_.*]+)",\s*(' + _SCOPES + r'),\s*(.*?)\},$',
                  re.MULTILINE | re.DOTALL)


class Directive:
    """A row: its name, its scope, and whether its function is there."""

    def __init__(self, name, scope, rest):
        self.name, self.scope = name, scope
        self.refused = scope in ("bridge", "plugin") or "not_available" in rest
        found = re.search(r"set<&\w+::(\w+)>", rest)
        self.member = found.group(1) if found else None  # of the configuration, where it goes


def table():
    """All rows, by name."""
    rows = {}
    for path in code_files(".cpp"):
        if path.match("broker/config/*_directives.cpp"):
            for name, scope, rest in _ROW.findall(text(path)):
                assert name not in rows, f"{name} stands twice in the table"
                rows[name] = Directive(name, scope, rest)
    return rows


def defaults():
    """Values of the members of the configuration that the file says nothing of, as C++ has them."""
    member = re.compile(r"^    [\w:<>]+ (\w+)(?: = ([^;]+))?;", re.MULTILINE)
    return {name: as_plain_value(value)
            for header in ("broker/log/settings.hpp", "broker/config/config.hpp")
            for name, value in member.findall(text(header))}


def as_plain_value(code):
    """A number without marks, a text without quotes; 0 for an empty one."""
    shifted = re.fullmatch(r"std::size_t\{(\d+)\} << (\d+)", code)
    if shifted:
        return str(int(shifted.group(1)) << int(shifted.group(2)))
    return code.replace("'", "").strip('"') or "0"


def documented():
    """name: (scope, default, what a reload does, whether it is there: yes, no)."""
    result = run([DOCUMENTER, "--list"])
    assert result.returncode == 0, result.stderr
    rows = [line.split("\t") for line in result.stdout.splitlines()]
    names = [row[0] for row in rows]
    assert len(set(names)) == len(names), "a directive is documented twice"
    return {name: tuple(rest) for name, *rest in rows}
