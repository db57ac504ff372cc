"""Each directive has a test that proves what it does, not only that it is read.

proofs.tsv names them. This checks that no directive is missing, that the tests exist, that they assert
something, and that no test of the parser alone stands for a directive that has a function.
"""

import ast
import functools
import re
import unittest

from mqtest.directives import table
from mqtest.sources import project_files, text

PROOFS = "tests/directives/proofs.tsv"
OF_MOSQUITTO = "tests/broker/config/directives.txt"
KINDS = {"behaviour", "refused", "no effect"}
OF_THE_PARSER = "tests/broker/config/"


def proofs():
    """(line number, directive, kind, file, test) of each row."""
    rows = []
    for number, line in enumerate(text(PROOFS).splitlines(), 1):
        if line and not line.startswith("#"):
            fields = line.split("\t")
            assert len(fields) == 4, f"{PROOFS}:{number}: four fields, separated by tabs"
            rows.append((number, *fields))
    return rows


@functools.cache
def known_files():
    return frozenset(map(str, project_files()))


def cpp_test_body(code, name):
    """The body of a GoogleTest test `Suite.Name`; None when there is none."""
    suite, _, case = name.partition(".")
    found = re.search(rf"^TEST(?:_F|_P)?\({re.escape(suite)}, {re.escape(case)}\) \{{\n(.*?)^\}}",
                      code, re.MULTILINE | re.DOTALL)
    return found.group(1) if found else None


@functools.cache
def python_functions(code):
    return {node.name: node for node in ast.walk(ast.parse(code))
            if isinstance(node, ast.FunctionDef)}


def called_name(call):
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def asserts(function, functions, seen=frozenset()):
    """Whether a Python function asserts something, itself or in a function of its file."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assert):
            return True
        if isinstance(node, ast.Call):
            name = called_name(node)
            if name.startswith(("assert", "fail")):
                return True
            inner = functions.get(name)
            if inner is not None and name not in seen and asserts(
                    inner, functions, seen | {function.name}):
                return True
    return False


def complaint_about(directive, kind, path, test):
    """What is wrong with a row, or None."""
    if kind not in KINDS:
        return f"'{kind}' is none of {sorted(KINDS)}"
    if kind == "behaviour" and path.startswith(OF_THE_PARSER):
        return "a test of the parser alone proves no behaviour"
    if path not in known_files():
        return f"there is no {path}"
    code = text(path)
    if path.endswith(".py"):
        functions = python_functions(code)
        function = functions.get(test.rpartition(".")[2])
        if function is None:
            return f"{path} has no {test}"
        if directive.strip("*") not in code:
            return f"{path} does not mention the directive"
        return None if asserts(function, functions) else f"{test} asserts nothing"
    body = cpp_test_body(code, test)
    if body is None:
        return f"{path} has no {test}"
    return None if re.search(r"EXPECT_|ASSERT_|FAIL\(|\bexpects?_?\w*\(", body) else (
        f"{test} asserts nothing")


class Proofs(unittest.TestCase):
    maxDiff = None

    def test_each_directive_has_one(self):
        names = set(table())
        self.assertGreater(len(names), 141)
        of_mosquitto = {line for line in text(OF_MOSQUITTO).splitlines()
                        if line and not line.startswith("#")}
        self.assertEqual(of_mosquitto - names, set(), "not in the broker's table")
        proven = {directive for _, directive, *_ in proofs()}
        self.assertEqual(sorted(names - proven), [], "without a test")
        self.assertEqual(sorted(proven - names), [], "no directives")

    def test_each_names_a_test_that_asserts_something(self):
        wrong = [f"{PROOFS}:{number}: {directive}: {complaint}"
                 for number, directive, kind, path, test in proofs()
                 if (complaint := complaint_about(directive, kind, path, test))]
        self.assertEqual(wrong, [])

    def test_what_is_refused_is_what_the_table_refuses(self):
        refused = {directive for _, directive, kind, *_ in proofs() if kind == "refused"}
        self.assertEqual(sorted(refused),
                         sorted(name for name, row in table().items() if row.refused))

    def test_an_empty_test_is_no_proof(self):
        """This check itself can fail."""
        empty = python_functions("def test_a(self):\n    self.start('x')\n")
        self.assertFalse(asserts(empty["test_a"], empty))
        self.assertIsNone(cpp_test_body("TEST(A, B) {\n}\n", "A.C"))
        self.assertEqual(cpp_test_body("TEST(A, B) {\n    x();\n}\n", "A.B"), "    x();\n")


if __name__ == "__main__":
    unittest.main(verbosity=2)
