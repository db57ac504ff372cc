"""mqpasswd beside Debian's mosquitto_passwd: the same command line gives the same standard output, exit code and users.

Usage: mqpasswd_beside_test.py MQPASSWD

Standard error is the program's own, and so is the line in which ours says what it has done, as 2.1 does. `passwd_options.tsv` has what there is to compare: a row without a test fails.
"""
import csv
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

MQPASSWD = sys.argv.pop(1)
THEIRS = "/usr/bin/mosquitto_passwd"
HERE = pathlib.Path(__file__).resolve().parent
LONG = "x" * 65536
COVERED = set()
TOLD = re.compile(r"^(User \S+ (added to|deleted from)|Password of user \S+ changed in|\d+ plain text passwords? hashed in) FILE\.\n", re.M)


class Done:
    """What one program made of a command line: exit code, standard output, and lines of the file by user."""

    def __init__(self, program, arguments, before, typed):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder, "pwfile")
            if before is not None:
                file.write_text(before)
                file.chmod(0o600)
            words = [str(file) if word == "FILE" else word for word in arguments]
            done = subprocess.run([program, *words], input=typed, text=True, capture_output=True, timeout=60,
                                  check=False)
            self.code = done.returncode
            self.out = TOLD.sub("", done.stdout.replace(str(file), "FILE"))
            self.error = done.stderr
            lines = file.read_text().splitlines() if file.exists() else None
            self.hashes = lines and {line.partition(":")[0]: line.partition(":")[2] for line in lines}
            self.files = sorted(os.listdir(folder))

    def kinds(self):
        """Users with the beginning of their hash, which says its kind and the iterations: salts differ. Both have a
        number of iterations that is used where none is given, as 2.0 and 2.1 have: 101 and 1000."""
        return self.hashes and {
            user: "$".join(text.split("$")[:3 if text.startswith("$7$") else 2]).replace("$101", "$1000")
            for user, text in self.hashes.items()}


@unittest.skipUnless(os.access(THEIRS, os.X_OK), "the package mosquitto is not installed")
class Beside(unittest.TestCase):
    maxDiff = None
    OLD = None

    @classmethod
    def setUpClass(cls):
        cls.OLD = "".join(f"{user}:{Done(THEIRS, ['-c', '-b', 'FILE', user, 'old'], None, '').hashes[user]}\n"
                          for user in ("anna", "bob"))

    def both(self, row, *arguments, before=None, typed="", out=True, users=True):
        COVERED.add(row)
        ours, theirs = (Done(program, arguments, before, typed) for program in (MQPASSWD, THEIRS))
        explained = f"{arguments}: {ours.error}{theirs.error}"
        self.assertEqual(ours.code, theirs.code, explained)
        if out:
            self.assertEqual(ours.out, theirs.out, explained)
        if users:
            self.assertEqual(ours.kinds(), theirs.kinds(), explained)
            self.assertEqual(ours.files, theirs.files, explained)
        return ours

    def test_password_of_the_command_line(self):
        self.both("-b", "-b", "FILE", "carla", "new", before=self.OLD)
        self.both("-b", "-b", "FILE", "bob", "new", before=self.OLD)
        self.both("-b", "-b", "FILE", "bob", before=self.OLD, out=False)  # theirs shows its usage there
        self.both("exit 1", "-b", "FILE", "bob", "new")
        self.both("exit 0", "-b", "FILE", "bob", "new", before="")

    def test_create(self):
        self.both("-c", "-c", "-b", "FILE", "bob", "new")
        self.both("-c", "-b", "-c", "FILE", "bob", "new")

    def test_delete(self):
        self.both("-D", "-D", "FILE", "bob", before=self.OLD)
        self.both("-D", "-D", "FILE", "nobody", before=self.OLD)
        self.both("-D", "-D", "FILE", before=self.OLD)

    def test_hashes(self):
        for kind in ("sha512", "sha512-pbkdf2", "nonsense"):
            self.both("-H", "-H", kind, "-b", "FILE", "bob", "new", before="")
        self.both("-I", "-I", "7", "-b", "FILE", "bob", "new", before="")
        for count in ("0", "-1"):
            self.both("-I", "-I", count, "-b", "FILE", "bob", "new", before="")

    def test_plain_text_is_hashed(self):
        self.both("-U", "-U", "FILE", before="anna:one\nbob:two\n")
        self.both("-U", "-U", "FILE")
        self.both("<file>.backup.XXXXXX", "-U", "FILE", before="anna:one\n")

    def test_combinations(self):
        for words in (("-c", "-D", "FILE", "bob"), ("-c", "-U", "FILE"), ("-D", "-U", "FILE"),
                      ("-b", "-D", "FILE", "bob"), ("-b", "FILE", "b:b", "new"), ("-b", "FILE", "b\nb", "new"),
                      ("-b", "FILE", LONG, "new"), ("-b", "FILE", "bob", LONG)):
            self.both("combinations", *words, before=self.OLD)

    def test_no_arguments(self):
        self.both("exit 1", out=False)  # the usage is the program's own

    def test_asked_for(self):
        for typed in ("new\nnew\n", "new\nother\n"):
            self.both("(none) file user", "FILE", "bob", before=self.OLD, typed=typed, out=False)
        self.both("exit 2", "FILE", "bob", before=self.OLD, typed="new\nother\n", out=False)

    def test_links(self):
        """2.1.1 wants a variable for files that are links; 2.0.11 and ours take them."""
        COVERED.add("MOSQUITTO_UNSAFE_ALLOW_SYMLINKS")
        with tempfile.TemporaryDirectory() as folder:
            file, link = pathlib.Path(folder, "file"), pathlib.Path(folder, "link")
            file.write_text(self.OLD)
            link.symlink_to(file)
            for environment in ({}, {"MOSQUITTO_UNSAFE_ALLOW_SYMLINKS": "1"}):
                done = subprocess.run([MQPASSWD, "-b", link, "carla", "new"], capture_output=True, timeout=60,
                                      env={**os.environ, **environment}, check=False)
                self.assertEqual(done.returncode, 0, done.stderr)
            self.assertTrue(link.is_symlink())
            self.assertEqual(file.read_text().count("carla:"), 1)

    def test_zz_every_row_has_a_test(self):
        """Runs last, by its name; the cases have noted what they cover."""
        with open(HERE / "passwd_options.tsv", encoding="utf-8", newline="") as file:
            rows = [f"exit {row['name']}" if row["kind"] == "exit" else row["name"]
                    for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]
        self.assertEqual(sorted(set(rows) - COVERED), [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
