"""Manual pages and completions of the clients: up to date, and right in the eyes of those who read them."""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from mqtest.programs import SOURCE, program

COMPLETIONS = SOURCE / "docs/completions"
COMPLETE = """
source "$1"
shift
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
"_$1"
printf '%s\n' "${COMPREPLY[@]}"
"""


class Documents(unittest.TestCase):
    def test_they_are_up_to_date(self):
        done = subprocess.run([sys.executable, "-B", SOURCE / "scripts/client-docs", "--check"],
                              capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)

    def test_every_command_of_mqctl_is_described(self):
        """The program's own table, as its help shows it; pages and completions are made of the document."""
        done = subprocess.run([program("mqctl"), "--help"], capture_output=True, text=True, check=False)
        command = r"([a-z]+(?: [a-z][A-Za-z]*)?)"
        known = re.findall(f"^  {command}", done.stdout.partition("\nCommands:\n")[2].partition("\n\n")[0], re.M)
        text = (SOURCE / "docs/clients/mqctl.md").read_text(encoding="utf-8")
        described = re.findall(f"^- {command}", text.partition("## COMMANDS")[2].partition("\n## ")[0], re.M)
        self.assertGreater(len(known), 13)
        self.assertEqual(known, described)

    def completed(self, *words, program="mqsub", folder=None):
        done = subprocess.run(["bash", "-c", COMPLETE, "bash", COMPLETIONS / "bash" / program, program, *words],
                              capture_output=True, text=True, check=True, cwd=folder)
        return [line for line in done.stdout.split("\n") if line]

    def test_bash_completes(self):
        self.assertEqual(self.completed("", "--retained"), ["--retained-only"])
        self.assertEqual(self.completed("-q", ""), ["0", "1", "2"])
        self.assertEqual(self.completed("--retain-handling", "n"), ["new", "never"])
        self.assertEqual(self.completed("-h", ""), [])

    def test_bash_completes_commands(self):
        self.assertIn("retained", self.completed("re", program="mqctl"))
        self.assertEqual(self.completed("clients", "k", program="mqctl"), ["kick"])
        self.assertEqual(self.completed("--json", "retained", "ex", program="mqctl"), ["export"])
        self.assertEqual(self.completed("fan", program="mqbench"), ["fan-in", "fan-out"])
        self.assertEqual(self.completed("clients", "show", "k", program="mqctl"), [])
        self.assertEqual(self.completed("log", "level", "e", program="mqctl"), ["error"])

    def test_bash_completes_file_names(self):
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "sp ace").write_text("")
            for words, program_name in ((["-f"], "mqpub"), (["retained", "import"], "mqctl"),
                                        (["retained", "export", "-f"], "mqctl"),
                                        (["retained", "export", "--file"], "mqctl")):
                self.assertEqual(self.completed(*words, "sp", program=program_name, folder=folder), ["sp ace"])

    def test_shells_read_them(self):
        for shell, pattern in (("bash", "bash/*"), ("zsh", "zsh/*"), ("fish", "fish/*")):
            if shutil.which(shell) is None:
                continue
            files = sorted(COMPLETIONS.glob(pattern))
            self.assertEqual(len(files), 5)
            for path in files:
                done = subprocess.run([shell, "-n", path], capture_output=True, text=True, check=False)
                self.assertEqual((done.returncode, done.stderr), (0, ""), path)

    def test_manual_pages_have_no_warnings(self):
        if shutil.which("groff") is None:
            self.skipTest("groff is not installed")
        for name in ("mqpub.1", "mqsub.1", "mqrr.1", "mqctl.1", "mqbench.1", "mqpasswd.1"):
            path = pathlib.Path(SOURCE / "docs/man" / name)
            done = subprocess.run(["groff", "-man", "-Tutf8", "-ww", path], capture_output=True, text=True,
                                  check=False)
            self.assertEqual((done.returncode, done.stderr), (0, ""), name)


if __name__ == "__main__":
    unittest.main(verbosity=2)
