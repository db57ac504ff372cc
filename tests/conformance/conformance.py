#!/usr/bin/env python3
"""Which test proves which statement of the MQTT standards.

usage: conformance.py --check | --write

The statements stand in mqtt-5.0.tsv and mqtt-3.1.1.tsv: number, whom they bind, our paraphrase. A
test names what it proves in a comment, either above the TEST, or in a table that stands above it, or
inside its body before the lines that prove it:

    // [MQTT-3.12.4-1] [MQTT311-3.12.4-1]

The numbers of 3.1.1 begin with MQTT311, since both documents use the same ones for other statements.
In the tables of codec rows (tests/mqtt/table) a tag stands before its rows; the test that walks the
rows is named then.

--check fails when a statement that binds a server has no test, when a tag is not in the tables, when
no assertion follows a tag before the next one or the end of the test, or when docs/conformance.md is
not what --write would make of all this.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = pathlib.Path(__file__).resolve().parent
PAGE = ROOT / "docs" / "conformance.md"
VERSIONS = {"5.0": "MQTT-", "3.1.1": "MQTT311-"}

TAG = re.compile(r"\[(MQTT(?:311)?-[\d.]+-\d+)\]")
TEST = re.compile(r"^(?:TEST|TEST_F|TEST_P)\(\s*(\w+),\s*(\w+)\s*\)\s*\{", re.MULTILINE)
# GoogleTest's macros, and functions that are named for what they expect.
ASSERTION = re.compile(r"\b(?:EXPECT|ASSERT)_\w+\(|\bexpect_\w+(?:<[^;()]*>)?\(|\bADD_FAILURE\(")
ROW = re.compile(r"\b(?:accepted|tolerated|refused|accept|refuse)\(|^\s*\{", re.MULTILINE)
ROW_WALKER = "Decode.gives_the_packet_or_the_error_of_each_row"


class Statement:
    def __init__(self, version, line):
        number, self.side, self.text = line.split("\t")
        self.number = number
        self.tag = number.replace("MQTT-", VERSIONS[version])
        self.version = version
        self.proofs = []


class Proof:
    """A tag and the test that it stands in."""

    def __init__(self, tag, test, name, line):
        self.tag, self.test, self.file, self.line = tag, test, name, line


def statements():
    found = []
    for version in VERSIONS:
        lines = (HERE / f"mqtt-{version}.tsv").read_text(encoding="utf-8").splitlines()
        found += [Statement(version, line) for line in lines[1:]]
    return found


def end_of_body(code, start):
    """The place behind the brace that closes the one before `start`; braces in literals and comments
    are passed over."""
    depth = 1
    for token in re.finditer(r'R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|//[^\n]*|[{}]',
                             code[start:], re.DOTALL):
        depth += {"{": 1, "}": -1}.get(token.group(), 0)
        if depth == 0:
            return start + token.end()
    raise SystemExit("a test without an end")


def tests_of(code):
    """(name, start, end) of each test."""
    for match in TEST.finditer(code):
        yield f"{match[1]}.{match[2]}", match.start(), end_of_body(code, match.end())


def groups_of_tags(code, start, end):
    """Tags that stand together, each group with the text up to the next one."""
    tags = [tag for tag in TAG.finditer(code, start, end)]
    groups = []
    for tag in tags:
        gap = code[groups[-1][-1].end():tag.start()] if groups else "x"
        if re.fullmatch(r"[\s/.,:;]*(?:(?:and|to)[\s/]*)?", gap):
            groups[-1].append(tag)
        else:
            groups.append([tag])
    for number, group in enumerate(groups):
        until = groups[number + 1][0].start() if number + 1 < len(groups) else end
        yield group, code[group[-1].end():until]


class Reader:
    def __init__(self):
        self.proofs, self.wrong = [], []

    def read(self, path):
        name = path.relative_to(ROOT).as_posix()
        code = path.read_text(encoding="utf-8")
        if name.startswith("tests/mqtt/table/"):
            self.take(code, name, ROW_WALKER, (0, 0, len(code)), ROW)
            return
        inside = behind = 0
        for test, start, end in tests_of(code):
            # What stands above a test and in no other, as a table that it walks, is its own.
            inside += self.take(code, name, test, (behind, start, end), ASSERTION)
            behind = end
        if inside != len(TAG.findall(code)):
            self.wrong.append(f"{name}: a tag behind the last test")

    def take(self, code, name, test, places, proof):
        """Takes the tags between the end of the test before and the end of this one. Those above it
        are proven by all of its body, those inside by what follows them."""
        behind, body, end = places
        count = 0
        for group, following in groups_of_tags(code, behind, end):
            for tag in group:
                count += 1
                line = code.count("\n", 0, tag.start()) + 1
                self.proofs.append(Proof(tag[1], test, name, line))
                if not proof.search(code[body:end] if tag.start() < body else following):
                    self.wrong.append(f"{name}:{line}: nothing is asserted behind [{tag[1]}]")
        return count


def read_tests():
    reader = Reader()
    for path in sorted((ROOT / "tests").rglob("*.cpp")):
        reader.read(path)
    return reader.proofs, reader.wrong


def problems(all_statements, proofs):
    known = {statement.tag: statement for statement in all_statements}
    for proof in proofs:
        if proof.tag in known:
            known[proof.tag].proofs.append(proof)
        else:
            yield f"{proof.file}:{proof.line}: there is no statement [{proof.tag}]"
    for statement in all_statements:
        if statement.side not in ("server", "client", "both") or not statement.text.strip():
            yield f"{statement.number} of {statement.version}: side or paraphrase is missing"
        if statement.side != "client" and not statement.proofs:
            yield f"{statement.number} of {statement.version} has no test: {statement.text}"


def cell_of(statement):
    """The tests of a statement, each once, files behind their first test."""
    named = []
    for proof in statement.proofs:
        text = f"`{proof.test}` in {proof.file.removeprefix('tests/')}"
        if text not in named:
            named.append(text)
    if not named:
        return "(binds clients)"
    return "<br>".join(named)


def table(all_statements, version):
    rows = ["| statement | binds | what it asks for | tests |", "|---|---|---|---|"]
    rows += [f"| {s.number} | {s.side} | {s.text} | {cell_of(s)} |"
             for s in all_statements if s.version == version]
    return "\n".join(rows)


def counts(all_statements, version):
    mine = [s for s in all_statements if s.version == version]
    client = sum(s.side == "client" for s in mine)
    return f"{len(mine)} statements: {len(mine) - client} bind a server, {client} a client alone."


def page(all_statements):
    parts = [
        "# Conformance", "",
        "Made by `tests/conformance/conformance.py --write` from the numbers in the tests; "
        "`ctest` fails when it is not up to date, when a statement that binds a server has no test, "
        "or when nothing is asserted behind a number. Paths are below `tests/`. The paraphrases are "
        "ours; what counts is the text of the OASIS standards.", "",
        (HERE / "differences.md").read_text(encoding="utf-8").strip(), "",
    ]
    for version in VERSIONS:
        parts += [f"## MQTT {version}", "", counts(all_statements, version), "",
                  table(all_statements, version), ""]
    return "\n".join(parts)


def main():
    if sys.argv[1:] not in (["--check"], ["--write"]):
        sys.exit(__doc__)
    all_statements = statements()
    proofs, wrong = read_tests()
    wrong += problems(all_statements, proofs)
    text = page(all_statements)
    if sys.argv[1] == "--write":
        PAGE.write_text(text, encoding="utf-8")
    elif not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text:
        wrong.append("docs/conformance.md is out of date: run tests/conformance/conformance.py --write")
    print("\n".join(wrong))
    server = sum(s.side != "client" for s in all_statements)
    print(f"{len(all_statements)} statements, {server} bind a server, {len(proofs)} numbers in tests, "
          f"{len(wrong)} problems")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
