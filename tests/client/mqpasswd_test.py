"""mqpasswd as its users run it: options, exit codes, prompts at a terminal, edits at the same time.

Usage: mqpasswd_test.py MQPASSWD
"""
import base64
import hashlib
import hmac
import os
import pathlib
import pty
import signal
import stat
import subprocess
import sys
import tempfile
import termios
import unittest

MQPASSWD = sys.argv.pop(1) if len(sys.argv) > 1 else "mqpasswd"


def hash_fits(text, password):
    """Checks a $6$, $7$ or SCRAM hash by other means than the program's own."""
    fields = text.split("$")
    if fields[1] == "scram-sha-256":
        salt, stored, server = (base64.b64decode(field, validate=True) for field in fields[3:])
        salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, int(fields[2]))
        client = hmac.digest(salted, b"Client Key", "sha256")
        return (hashlib.sha256(client).digest(),
                hmac.digest(salted, b"Server Key", "sha256")) == (stored, server)
    salt, digest = (base64.b64decode(field, validate=True) for field in fields[-2:])
    if fields[1] == "6":
        return hashlib.sha512(password.encode() + salt).digest() == digest
    return hashlib.pbkdf2_hmac("sha512", password.encode(), salt, int(fields[2])) == digest


class Case(unittest.TestCase):
    def setUp(self):
        self.home = tempfile.TemporaryDirectory()
        self.addCleanup(self.home.cleanup)
        self.file = pathlib.Path(self.home.name, "pw file")

    def run_it(self, *arguments, typed=""):
        return subprocess.run([MQPASSWD, *map(str, arguments)], input=typed, text=True,
                              capture_output=True, timeout=60, check=False)

    def expect(self, code, *arguments, typed="", says=""):
        done = self.run_it(*arguments, typed=typed)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        self.assertIn(says, done.stdout + done.stderr)
        return done

    def users(self):
        lines = self.file.read_text().splitlines()
        return dict(line.split(":", 1) for line in lines if ":" in line)


class Editing(Case):
    def test_create_makes_a_private_file(self):
        self.expect(0, "-c", "-b", self.file, "bob", "secret", says="User bob added")
        self.assertTrue(hash_fits(self.users()["bob"], "secret"))
        self.assertEqual(stat.S_IMODE(self.file.stat().st_mode), 0o600)
        self.assertEqual(os.listdir(self.home.name), [self.file.name])

    def test_add_change_delete(self):
        self.expect(0, "-c", "-b", self.file, "bob", "one")
        self.expect(0, "-b", self.file, "eve", "two", says="User eve added")
        self.expect(0, "-b", self.file, "bob", "three", says="Password of user bob changed")
        self.assertEqual(list(self.users()), ["bob", "eve"])
        self.assertTrue(hash_fits(self.users()["bob"], "three"))
        self.expect(0, "-D", self.file, "bob", says="User bob deleted")
        self.assertEqual(list(self.users()), ["eve"])
        self.expect(1, "-D", self.file, "bob", says="no user bob")

    def test_create_does_not_lose_users(self):
        self.expect(0, "-cb", self.file, "bob", "one")
        before = self.file.read_bytes()
        done = self.expect(1, "-c", self.file, "eve", says="holds 1 user")
        self.assertIn(f"type: mqpasswd '{self.file}' 'eve'", done.stderr)
        self.expect(1, "-cb", self.file, "bob", "two")
        self.assertEqual(self.file.read_bytes(), before)
        self.file.write_text("# a comment\n")
        self.expect(1, "-cb", self.file, "bob", "two", says="is not empty")

    def test_create_fills_an_empty_file_and_a_dangling_link(self):
        self.file.touch(0o644)
        self.expect(0, "-cb", self.file, "bob", "one")
        self.assertEqual(stat.S_IMODE(self.file.stat().st_mode), 0o644, "the mode was chosen")
        link = pathlib.Path(self.home.name, "link")
        link.symlink_to("target")
        self.expect(0, "-cb", link, "bob", "one")
        self.assertTrue(link.is_symlink())
        self.assertTrue(link.with_name("target").is_file())

    def test_other_lines_stay(self):
        self.file.write_bytes(b"# mine\r\n\r\nbroken\r\nplain:text\r\nlast:x")
        self.expect(0, "-b", self.file, "bob", "one")
        self.assertTrue(self.file.read_bytes().startswith(
            b"# mine\r\n\r\nbroken\r\nplain:text\r\nlast:x\r\nbob:$7$"))
        self.expect(0, "-D", self.file, "bob")
        self.assertEqual(self.file.read_bytes(), b"# mine\r\n\r\nbroken\r\nplain:text\r\nlast:x\r\n")

    def test_output_instead_of_a_file(self):
        done = self.expect(0, "-c", "-b", "-", "bob", "secret")
        self.assertTrue(hash_fits(done.stdout.strip().removeprefix("bob:"), "secret"))

    def test_hash_kinds_and_iterations(self):
        self.expect(0, "-c", "-H", "sha512", "-b", self.file, "a", "x")
        self.expect(0, "-H", "sha512-pbkdf2", "-I", "5", "-b", self.file, "b", "x")
        self.expect(0, "-H", "argon2id", "-b", self.file, "c", "x")
        users = self.users()
        self.assertTrue(users["a"].startswith("$6$") and hash_fits(users["a"], "x"))
        self.assertTrue(users["b"].startswith("$7$5$") and hash_fits(users["b"], "x"))
        self.assertTrue(users["c"].startswith("$argon2id$v=19$m=47104,t=1,p=1$"))

    def test_scram(self):
        self.expect(0, "-c", "-H", "scram-sha-256", "-b", self.file, "a", "päss, w=rd")
        self.expect(0, "-H", "scram-sha-256", "-I", "5000", self.file, "b", typed="x\nx\n")
        self.file.write_text(self.file.read_text() + "c:plain\n")
        self.expect(0, "-H", "scram-sha-256", "-U", self.file, says="1 plain text password hashed")
        users = self.users()
        self.assertTrue(users["a"].startswith("$scram-sha-256$4096$"))
        self.assertTrue(users["b"].startswith("$scram-sha-256$5000$"))
        for user, password in (("a", "päss, w=rd"), ("b", "x"), ("c", "plain")):
            self.assertTrue(hash_fits(users[user], password), user)
        before = self.file.read_bytes()
        self.expect(0, "-U", self.file, says="0 plain text passwords hashed")
        self.expect(1, "-H", "scram-sha-256", "-b", self.file, "d", "a\tb", says="control")
        self.assertEqual(self.file.read_bytes(), before)

    def test_scram_stays_scram_unless_another_hash_is_asked_for(self):
        self.expect(0, "-c", "-H", "scram-sha-256", "-I", "5000", "-b", self.file, "a", "x")
        self.expect(0, "-b", self.file, "a", "y")
        self.assertTrue(self.users()["a"].startswith("$scram-sha-256$5000$"))
        self.assertTrue(hash_fits(self.users()["a"], "y"))
        self.expect(0, "-H", "sha512-pbkdf2", "-b", self.file, "a", "y")
        self.assertTrue(self.users()["a"].startswith("$7$1000$"))

    def test_plain_text_is_hashed_once(self):
        self.expect(0, "-c", "-b", self.file, "bob", "one")
        bob = self.file.read_text()
        self.file.write_text("# c\n" + bob + "eve:two\nann: three\n")
        self.expect(0, "-U", self.file, says="2 plain text passwords hashed")
        users = self.users()
        self.assertEqual(f"bob:{users['bob']}\n", bob)
        self.assertTrue(hash_fits(users["eve"], "two") and hash_fits(users["ann"], "three"))
        after = self.file.read_bytes()
        self.expect(0, "-U", self.file, says="0 plain text passwords hashed")
        self.assertEqual(self.file.read_bytes(), after)

    def test_plain_text_with_a_colon_is_left_and_told(self):
        self.file.write_text("eve:two:three\nbob:one\n")
        self.expect(1, "-U", self.file, says="line 1: user eve")
        self.assertEqual(self.users()["eve"], "two:three")
        self.assertTrue(hash_fits(self.users()["bob"], "one"))


class Refusals(Case):
    def test_usage(self):
        self.expect(1, says="Usage: mqpasswd")
        for flag in ("-h", "--help"):
            self.expect(0, flag, says="Usage: mqpasswd")

    def test_wrong_arguments(self):
        for arguments, says in (
                (["-c", "-D", "f", "u"], "-c and -D exclude each other"),
                (["-c", "-U", "f"], "-c and -U exclude each other"),
                (["-D", "-U", "f"], "-D and -U exclude each other"),
                (["-b", "-D", "f", "u"], "-b and -D exclude each other"),
                (["-x", "f", "u"], "unknown option -x"),
                (["--nothing", "f", "u"], "unknown option --nothing"),
                (["-H"], "-H needs a value"),
                (["-H", "md5", "f", "u"], "unknown hash 'md5'"),
                (["-I", "0", "f", "u"], "a number from 1 to 1000000"),
                (["-I", "1000001", "f", "u"], "a number from 1 to 1000000"),
                (["-I", "5x", "f", "u"], "a number from 1 to 1000000"),
                (["-H", "sha512", "-I", "5", "f", "u"], "-I is for"),
                (["-H", "scram-sha-256", "-I", "4095", "f", "u"], "at least 4096"),
                (["f"], "FILE and USER are needed"),
                (["f", "u", "p"], "needs -b"),
                (["-b", "f", "u"], "-b needs FILE, USER and PASSWORD"),
                (["-U", "f", "u"], "-U needs FILE")):
            with self.subTest(arguments):
                self.expect(1, *arguments, says=says)

    def test_names_that_cannot_be_users(self):
        for name, says in (("a:b", "colon"), ("a\nb", "control"), ("a\x7fb", "control"),
                           ("", "empty"), ("#a", "comment"), (" a", "blank"),
                           ("a" * 65536, "65535")):
            with self.subTest(name[:10]):
                self.expect(1, "-c", "-b", self.file, name, "x", says=says)
                self.assertFalse(self.file.exists())

    def test_passwords_that_cannot_be(self):
        self.expect(1, "-cb", self.file, "bob", "", says="empty password")
        self.expect(1, "-cb", self.file, "bob", "x" * 65536, says="65535 bytes")
        self.expect(1, "-c", self.file, "bob", typed="x" * 70000 + "\n", says="65535 bytes")
        self.expect(0, "-cb", self.file, "bob", "x" * 65535)

    def test_password_may_look_like_an_option(self):
        self.expect(0, "-cb", self.file, "bob", "-D")
        self.assertTrue(hash_fits(self.users()["bob"], "-D"))

    def test_missing_file_or_directory(self):
        self.expect(1, "-b", self.file, "bob", "x", says=f"type: mqpasswd -c '{self.file}' 'bob'")
        self.expect(1, "-D", self.file, "bob", says="no password file")
        self.expect(1, "-U", self.file, says="no password file")
        self.expect(1, "-cb", self.file / "in" / "it", "bob", "x", says="cannot create")
        self.expect(1, "-b", self.home.name, "bob", "x", says="directory")
        self.assertEqual(os.listdir(self.home.name), [])


class TypedPasswords(Case):
    def test_lines_of_standard_input(self):
        self.expect(0, "-c", self.file, "bob", typed="secret\nsecret\n")
        self.assertTrue(hash_fits(self.users()["bob"], "secret"))
        self.expect(0, self.file, "bob", typed="other\r\nother\r\n")
        self.assertTrue(hash_fits(self.users()["bob"], "other"))

    def test_different_passwords(self):
        self.expect(2, "-c", self.file, "bob", typed="secret\nSecret\n", says="differ")
        self.assertFalse(self.file.exists())

    def test_input_that_ends_too_soon(self):
        for typed in ("", "secret", "secret\n"):
            self.expect(1, "-c", self.file, "bob", typed=typed, says="input ended")
        self.assertFalse(self.file.exists())

    def test_empty_password(self):
        self.expect(1, "-c", self.file, "bob", typed="\n\n", says="empty password")


class Terminal:
    """The program on a terminal of its own."""

    def __init__(self, *arguments):
        self.shown = b""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execv(MQPASSWD, ["mqpasswd", *map(str, arguments)])

    def read(self):
        try:
            part = os.read(self.fd, 1024)
        except OSError:  # the other side is closed
            part = b""
        self.shown += part
        return part

    def wait_for(self, text):
        while text.encode() not in self.shown:
            if not self.read():
                raise AssertionError(f"ended before '{text}': {self.shown!r}")

    def type(self, text):
        os.write(self.fd, text.encode())

    def echoes(self):
        return bool(termios.tcgetattr(self.fd)[3] & termios.ECHO)

    def end(self):
        """Exit code, or minus the signal's number; and whether the terminal echoes again."""
        status = os.waitpid(self.pid, 0)[1]
        echoes = self.echoes()
        while self.read():
            pass
        os.close(self.fd)
        return os.waitstatus_to_exitcode(status), echoes


class AtTheTerminal(Case):
    def test_asks_twice_and_shows_nothing(self):
        terminal = Terminal("-c", self.file, "bob")
        terminal.wait_for("Password: ")
        self.assertFalse(terminal.echoes())
        terminal.type("secret\n")
        terminal.wait_for("again: ")
        terminal.type("secret\n")
        self.assertEqual(terminal.end(), (0, True))
        self.assertNotIn(b"secret", terminal.shown)
        self.assertTrue(hash_fits(self.users()["bob"], "secret"))

    def test_different_passwords(self):
        terminal = Terminal("-c", self.file, "bob")
        terminal.wait_for("Password: ")
        terminal.type("one\n")
        terminal.wait_for("again: ")
        terminal.type("two\n")
        self.assertEqual(terminal.end(), (2, True))

    def test_interrupt_key_puts_the_terminal_right(self):
        terminal = Terminal("-c", self.file, "bob")
        terminal.wait_for("Password: ")
        terminal.type("secr\x03")
        self.assertEqual(terminal.end(), (-signal.SIGINT, True))
        self.assertFalse(self.file.exists())

    def test_signals_put_the_terminal_right(self):
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
            terminal = Terminal("-c", self.file, "bob")
            terminal.wait_for("Password: ")
            os.kill(terminal.pid, number)
            code, echoes = terminal.end()
            self.assertEqual((abs(code), echoes), (number, True))

    def test_after_a_stop_it_asks_again(self):
        terminal = Terminal("-c", self.file, "bob")
        terminal.wait_for("Password: ")
        os.kill(terminal.pid, signal.SIGTSTP)  # without a shell to wake it, it goes on at once
        terminal.wait_for("Password: Password: ")
        self.assertFalse(terminal.echoes())
        terminal.type("secret\n")
        terminal.wait_for("again: ")
        terminal.type("secret\n")
        self.assertEqual(terminal.end(), (0, True))
        self.assertTrue(hash_fits(self.users()["bob"], "secret"))

    def test_what_cannot_be_done_is_told_before_the_question(self):
        terminal = Terminal(self.file, "bob")
        self.assertEqual(terminal.end()[0], 1)
        self.assertNotIn(b"Password", terminal.shown)
        self.assertIn(b"no password file", terminal.shown)


class AtTheSameTime(Case):
    def test_no_user_is_lost(self):
        self.expect(0, "-cb", self.file, "first", "x")
        names = [f"user{number}" for number in range(40)]
        running = [subprocess.Popen([MQPASSWD, "-b", self.file, name, "x"],
                                    stdout=subprocess.DEVNULL) for name in names]
        self.assertEqual([program.wait(timeout=60) for program in running], [0] * len(names))
        self.assertEqual(set(self.users()), {"first", *names})

    def test_one_creation_wins(self):
        running = [subprocess.Popen([MQPASSWD, "-cb", self.file, f"user{number}", "x"],
                                    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                   for number in range(10)]
        codes = sorted(program.wait(timeout=60) for program in running)
        self.assertEqual(codes, [0] + [1] * 9)
        self.assertEqual(len(self.users()), 1)

    def test_killed_programs_leave_a_whole_file(self):
        self.file.write_text("".join(f"user{number}:{'x' * 100}\n" for number in range(5000)))
        whole = self.file.read_text()
        for number in range(30):
            program = subprocess.Popen([MQPASSWD, "-b", self.file, "new", "x"],
                                       stdout=subprocess.DEVNULL)
            try:  # a little longer each time, so that the kill meets every step
                program.wait(timeout=number / 2000)
            except subprocess.TimeoutExpired:
                program.kill()
                program.wait()
            text = self.file.read_text()
            self.assertTrue(text.startswith(whole))
            self.assertRegex(text[len(whole):], r"\A(new:\$7\$\S{110}\n)?\Z")


if __name__ == "__main__":
    unittest.main(verbosity=2)
