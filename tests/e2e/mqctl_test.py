"""mqctl and the control socket, with a real broker: the owner needs no password, others need rules."""

import csv
import json
import os
import pathlib
import re
import shutil
import signal
import stat
import tempfile
import unittest

from mqtest.broker import PASSWORD, USER
from mqtest.case import BrokerCase
from mqtest.certificates import Authority
from mqtest.clients import Client
from mqtest.ports import free_port
from mqtest.process import Process, run
from mqtest.programs import SOURCE, debian, program

TOPIC = "$CONTROL/mqhome/v1"
NOBODY = 65534
COLUMNS_MAX = 80
KEY = "0123456789abcdef"
COVERED = set()  # rows of ctrl_options.tsv


class ControlCase(BrokerCase):
    """Brokers with a control socket, and mqctl."""

    def setUp(self):
        super().setUp()
        self.socket = self.place.folder / "control.sock"

    def start_broker(self, *lines):
        return self.start(f"control_socket {self.socket}", "log_type all", *lines)

    def ctl(self, *words, before=(), **options):
        return run([*before, program("mqctl"), "--socket", self.socket, *words], **options)

    def tell(self, *words):
        """What mqctl prints."""
        result = self.ctl(*words)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        return result.stdout

    def tell_json(self, *words):
        return json.loads(self.tell(*words, "--json"))

    def ids(self, *words):
        return [entry["clientid"] for entry in self.tell_json(*words)
                if not entry["clientid"].startswith("mqctl-")]

    def retained(self, *words):
        return [entry["topic"] for entry in self.tell_json("retained", "list", *words)]


class ControlSocket(ControlCase):
    """Who gets in, and what may be done there."""

    def test_the_owner_needs_no_password(self):
        self.place.add_user()
        self.start_with([f"listener {self.port} 127.0.0.1", "allow_anonymous false",
                         f"password_file {self.place.password_file}",
                         f"control_socket {self.socket}"])
        self.assertEqual(stat.S_IMODE(self.socket.stat().st_mode), 0o600)
        listeners = self.tell_json("listeners")
        self.assertEqual([(each["port"], each.get("socket-path"), each["connections"])
                          for each in listeners],
                         [(self.port, None, 0), (0, str(self.socket), 1)])

    def as_nobody(self, *words):
        """mqctl run by another user, who may reach the socket and the program."""
        copy = self.place.folder / "mqctl"
        shutil.copy(program("mqctl"), copy)
        copy.chmod(0o755)
        self.place.folder.chmod(0o755)
        return run([debian("setpriv"), f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups",
                    copy, "--socket", self.socket, *words])

    @unittest.skipIf(os.getuid() != 0, "only root can become another user")
    def test_another_user_is_refused(self):
        broker = self.start_broker()
        refused = self.as_nobody("listeners")
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("Cannot connect", refused.stderr)
        self.socket.chmod(0o777)
        refused = self.as_nobody("listeners")
        self.assertNotEqual(refused.returncode, 0)
        self.assertEqual(refused.stdout, "")
        broker.wait_for_log(rf"Client connection from {self.socket} denied: the control socket is "
                            rf"for the broker's own user, and this is process \d+ of user {NOBODY}")

    @unittest.skipIf(os.getuid() != 0, "only root can become another user")
    def test_a_broker_of_another_user_lets_in_that_user_and_root(self):
        os.chown(self.place.folder, NOBODY, NOBODY)
        self.start_broker("user nobody")
        self.assertEqual(self.socket.stat().st_uid, NOBODY)
        self.assertEqual(self.ctl("listeners").returncode, 0)
        allowed = self.as_nobody("listeners")
        self.assertEqual((allowed.returncode, allowed.stderr), (0, ""))

    def test_other_topics_are_not_open(self):
        self.start_broker()
        owner = Client(None, "5.0", None, None, unix=self.socket)
        self.assertIn("ot authorized", owner.publish("t", "m", "-q", 1).stderr)
        self.peer("other").publishes("t", b"m", retain=True)
        subscribing = run([debian("mosquitto_sub"), *owner.options, "-t", "#", "-t", "$SYS/#",
                           "-F", "%t", "-W", 1])
        topics = subscribing.stdout.split("\n")
        self.assertIn("$SYS/broker/version", topics)
        self.assertNotIn("t", topics)

    def test_no_limit_of_clients_locks_the_owner_out(self):
        self.start_broker("global_max_connections 1", "global_max_clients 1",
                          "clientid_prefixes only-")
        self.peer("only-one")
        self.assertEqual(self.ids("clients", "list"), ["only-one"])

    def test_it_comes_and_goes_with_a_reload(self):
        broker = self.start("log_type all")
        plain = self.place.configuration.read_text(encoding="utf-8")
        for more, there in ((f"control_socket {self.socket}\n", True), ("", False)):
            seen = len(broker.lines)
            self.place.configuration.write_text(plain + more, encoding="utf-8")
            broker.signal(signal.SIGHUP)
            broker.wait_for_log(r"Config reloaded", start=seen)
            self.assertEqual(self.socket.exists(), there)
            self.assertEqual(self.ctl("listeners").returncode == 0, there)


class Commands(ControlCase):
    """Each command of mqctl, over one thread and several."""

    threads = 1

    def setUp(self):
        super().setUp()
        self.broker = self.start_broker(f"threads {self.threads}", "threads_placement spread",
                                        *self.place.persistence_lines())

    def test_clients(self):
        for number in range(6):
            self.peer(f"c{number}").subscribes(f"t/{number}", 1)
        self.assertEqual(self.ids("clients", "list"), [f"c{number}" for number in range(6)])
        self.assertRegex(self.tell("clients", "list"), r"(?m)^CLIENT +USER +ADDRESS .*\n(.*\n)*c3 ")
        shown = self.tell_json("clients", "show", "c3")
        self.assertEqual((shown["subscriptions"], shown["listener"]),
                         ([{"filter": "t/3", "qos": 1}], self.port))
        self.assertRegex(self.tell("clients", "show", "c3"), r"subscriptions:\n  t/3 \(QoS 1\)\n")
        missing = self.ctl("clients", "show", "nobody")
        self.assertEqual((missing.returncode, missing.stderr),
                         (1, "mqctl: The broker says: Client not found\n"))

    def test_kick(self):
        victim = self.peer("victim")
        self.assertEqual(self.tell("clients", "kick", "victim"),
                         "Client victim is disconnected.\n")
        self.assertEqual(victim.ends_with(), 0x98)
        self.assertEqual(self.ctl("clients", "kick", "victim").returncode, 1)
        self.broker.wait_for_log(r"Client victim is disconnected by order of mqctl-")

    def test_sessions(self):
        self.away("gone", "t")
        self.peer("here")
        self.assertEqual(self.ids("sessions", "list"), ["gone", "here"])
        self.tell("sessions", "delete", "gone")
        self.assertIn("Client is connected", self.ctl("sessions", "delete", "here").stderr)
        self.tell("sessions", "delete", "here", "--force")
        self.assertEqual(self.ids("sessions", "list"), [])

    def test_tables_say_when_a_session_ends(self):
        self.away("stays", "t")
        lines = self.tell("sessions", "list").splitlines()
        row = next(line for line in lines if line.startswith("stays"))
        self.assertEqual(row[lines[0].index("EXPIRES IN"):].split()[0], "never")

    def test_listeners_as_mosquitto_ctrl_asks_for_them_have_no_clients(self):
        self.assertNotIn("CLIENTS", self.tell("broker", "listListeners"))
        self.assertIn("CLIENTS", self.tell("listeners"))

    def test_quiet(self):
        done = self.ctl("--quiet", "clients", "show", "nobody")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (1, "", ""))

    def test_queues(self):
        for name in ("a", "b"):
            self.away(name, f"to/{name}")
        publisher = self.peer("p")
        for topic in ("to/a", "to/b", "to/b"):
            publisher.publishes(topic, b"12345")
        self.assertEqual(self.ids("queues", "top"), ["b", "a"])
        self.assertEqual(self.ids("queues", "top", "-n", "1"), ["b"])
        self.assertEqual(self.tell_json("queues", "top")[0]["queuedBytes"], 10)

    def test_retained_messages(self):
        publisher = self.peer("p")
        for topic in ("b", "a/x", "a/y", "a"):
            publisher.publishes(topic, topic.encode(), retain=True)
        self.assertEqual(self.retained(), ["a", "a/x", "a/y", "b"])
        self.assertEqual(self.retained("a/+"), ["a/x", "a/y"])
        self.assertEqual(self.tell("retained", "delete", "a/#"),
                         "3 retained message(s) deleted.\n")
        self.assertEqual(self.retained(), ["b"])
        self.assertIn("$SYS", self.ctl("retained", "delete", "$SYS/#").stderr)

    def test_export_and_import(self):
        publisher = self.peer("p")
        payloads = {f"t/{number % 10}/{number}": os.urandom(number + 1) for number in range(300)}
        payloads["large"] = os.urandom(700_000)
        for topic, payload in payloads.items():
            publisher.publishes(topic, payload, retain=True)
        file = self.place.folder / "export.jsonl"
        self.tell("retained", "export", "-f", file)
        self.assertEqual(stat.S_IMODE(file.stat().st_mode), 0o600)
        exported = self.tell("retained", "export")
        self.assertEqual(file.read_text(encoding="utf-8"), exported)
        self.assertEqual({json.loads(line)["topic"] for line in exported.splitlines()},
                         set(payloads))
        self.tell("retained", "delete", "#")
        self.assertEqual(self.retained(), [])
        self.assertEqual(self.tell("retained", "import", file), "301 message(s) stored.\n")
        self.assertEqual(self.tell("retained", "export"), exported)

    def test_what_is_no_regular_file_is_written_to_and_not_replaced(self):
        self.peer("p").publishes("t", b"x", retain=True)
        exported = self.tell("retained", "export")
        self.assertEqual(self.tell("retained", "export", "-f", "/dev/stdout"), exported)
        full = self.ctl("retained", "export", "-f", "/dev/full")
        self.assertEqual(full.returncode, 1)
        self.assertIn("Cannot write /dev/full: No space left on device", full.stderr)
        beside = self.place.folder / "x.jsonl.new"
        beside.write_text("precious")
        target = self.place.folder / "target"
        target.write_text("old")
        link = self.place.folder / "x.jsonl"
        link.symlink_to(target)
        self.tell("retained", "export", "-f", link)
        self.assertEqual((beside.read_text(), target.read_text()), ("precious", exported))
        self.assertTrue(link.is_symlink())
        self.assertEqual([each.name for each in self.place.folder.glob("target*")], ["target"])

    def test_several_exports_into_one_file_at_once(self):
        self.peer("p").publishes("t", b"x", retain=True)
        file = self.place.folder / "same.jsonl"
        command = [program("mqctl"), "--socket", self.socket, "retained", "export", "-f", file]
        running = [Process(command) for _ in range(8)]
        self.assertEqual([each.wait() for each in running], [0] * 8, [each.output for each in running])
        self.assertEqual(file.read_text(encoding="utf-8"), self.tell("retained", "export"))

    def test_import_of_what_cannot_be_read(self):
        result = self.ctl("retained", "import", self.place.folder)
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertIn(f"Cannot read {self.place.folder}: Is a directory", result.stderr)

    def test_import_tells_of_the_first_wrong_lines_only(self):
        result = self.ctl("retained", "import", text_input="nonsense\n" * 50)
        self.assertEqual(result.returncode, 1)
        self.assertEqual(len(result.stderr.splitlines()), 12)
        self.assertIn("50 line(s) were not stored", result.stderr)

    def test_import_tells_which_lines_are_wrong(self):
        text = ('{"topic":"good","payload":"eA=="}\nnonsense\n\n{"topic":"a/#","payload":"eA=="}\n'
                '{"topic":"also good","payload":"eA==","qos":1}\n')
        result = self.ctl("retained", "import", text_input=text)
        self.assertEqual(result.returncode, 1)
        self.assertEqual(result.stdout, "2 message(s) stored.\n")
        self.assertIn("line 2: this is no exported message", result.stderr)
        self.assertIn("line 4: Invalid topic or properties", result.stderr)
        self.assertEqual(self.retained(), ["also good", "good"])

    def test_more_clients_than_one_page(self):
        for number in range(520):
            self.away(f"s{number:04}", "t")
        listed = self.ids("sessions", "list")
        self.assertEqual(listed, [f"s{number:04}" for number in range(520)])

    def test_log_level(self):
        self.assertIn("debug", self.tell("log", "level").split())
        self.assertEqual(self.tell("log", "level", "error", "warning"), "error warning\n")
        before = len(self.broker.lines)
        self.peer("silent").disconnects()
        self.assertEqual(self.tell("log", "level", "all").split()[0], "error")
        self.peer("loud")
        self.broker.wait_for_log(r"New client connected .* as loud", start=before)
        self.assertFalse([line for line in self.broker.lines[before:] if "as silent" in line])
        self.assertIn("Invalid types", self.ctl("log", "level", "loud").stderr)

    def test_output_that_cannot_be_written(self):
        result = self.ctl("clients", "list", before=("sh", "-c", '"$@" > /dev/full', "sh"))
        self.assertEqual((result.returncode, result.stderr),
                         (1, "mqctl: Cannot write to standard output: No space left on device\n"))

    def test_as_mosquitto_ctrl(self):
        COVERED.update(("broker listListeners", "broker listPlugins", "-q, --qos"))
        for qos in range(3):
            self.assertEqual(self.ctl("-q", qos, "broker", "listListeners").returncode, 0)
        self.assertIn(str(self.port), self.tell("broker", "listListeners"))
        self.assertEqual(self.tell("broker", "listPlugins"), "There are no plugins.\n")


class CommandsOfThreads(Commands):
    """The same where sessions and messages are spread over threads."""

    threads = 3


class Remote(BrokerCase):
    """Without the socket: rules decide."""

    RULES = f"user admin\ntopic write {TOPIC}\ntopic read {TOPIC}/response\n" \
            f"user deaf\ntopic write {TOPIC}\nuser other\ntopic #\n"

    def setUp(self):
        super().setUp()
        self.acl = self.place.folder / "acl"
        self.acl.write_text(self.RULES, encoding="utf-8")

    def ctl(self, *words, **options):
        return run([program("mqctl"), "-h", "127.0.0.1", "-p", self.port, *words], **options)

    def test_with_a_rule(self):
        self.start("enable_control_api true", f"acl_file {self.acl}",
                   f"listener {self.place.ws_port} 127.0.0.1", "protocol websockets")
        for version in ("5", "311"):
            told = self.ctl("-V", version, "-u", "admin", "-P", "x", "clients", "list", "--json")
            self.assertEqual((told.returncode, told.stderr), (0, ""))
            self.assertEqual(len(json.loads(told.stdout)), 1)
        for url in (f"mqtt://admin:x@127.0.0.1:{self.port}",
                    f"ws://admin:x@127.0.0.1:{self.place.ws_port}/ignored"):
            by_url = run([program("mqctl"), "-L", url, "listeners"])
            self.assertEqual((by_url.returncode, by_url.stderr), (0, ""))

    def test_the_password_comes_from_a_file_the_environment_or_the_input(self):
        self.place.add_user()
        self.acl.write_text(self.RULES.replace("admin", USER), encoding="utf-8")
        self.start_with([f"listener {self.port} 127.0.0.1", "enable_control_api true",
                         f"acl_file {self.acl}", f"password_file {self.place.password_file}"])
        file = self.place.folder / "secret"
        for password, code in ((PASSWORD, 0), ("wrong", 135)):
            file.write_text(password + "\n", encoding="utf-8")
            for words, more in ((["--pw-file", file], {}), (["--pw-stdin"], {"text_input": password + "\n"}),
                                (["--pw-env", "SECRET"], {"env": {**os.environ, "SECRET": password}})):
                with self.subTest(words=words, password=password):
                    result = self.ctl("-u", USER, *words, "listeners", **more)
                    self.assertEqual(result.returncode, code, result.stderr)

    def test_without_a_rule(self):
        self.start("enable_control_api true", f"acl_file {self.acl}")
        refused = self.ctl("-u", "other", "-P", "x", "clients", "list")
        self.assertEqual((refused.returncode, refused.stdout), (1, ""))
        self.assertIn(f"topic write {TOPIC}", refused.stderr)
        deaf = self.ctl("-W", 1, "-u", "deaf", "-P", "x", "clients", "list")
        self.assertEqual(deaf.returncode, 1)
        self.assertIn(f"may this user read {TOPIC}/response", deaf.stderr)

    def test_passwords_in_the_clear(self):
        COVERED.add("stderr note")
        warned = run([program("mqctl"), "-h", "broker.invalid", "-u", "admin", "-P", "x", "listeners"])
        self.assertIn("Warning: without TLS the password can be read on its way", warned.stderr)
        quiet = run([program("mqctl"), "-h", "broker.invalid", "-u", "admin", "-P", "x", "--quiet",
                     "listeners"])
        self.assertNotIn("Warning", quiet.stderr)

    def test_where_it_is_not_turned_on(self):
        self.start(f"acl_file {self.acl}")
        refused = self.ctl("-u", "admin", "-P", "x", "clients", "list")
        self.assertEqual(refused.returncode, 1)
        self.assertIn("enable_control_api true", refused.stderr)


class Secure(BrokerCase):
    """The options of the other clients, over TLS."""

    def setUp(self):
        super().setUp()
        folder = self.place.folder
        self.authority = Authority(folder)
        self.pair = self.authority.issue("client")
        certificate, key = self.authority.issue("server")
        psk_file = folder / "psk"
        psk_file.write_text(f"sensor:{KEY}\n", encoding="utf-8")
        psk_file.chmod(0o600)
        self.psk_port = free_port()
        acl = folder / "acl"
        acl.write_text(f"topic readwrite {TOPIC}\ntopic read {TOPIC}/response\nuser anybody\n"
                       f"topic readwrite {TOPIC}\ntopic read {TOPIC}/response\n", encoding="utf-8")
        self.start_with([f"listener {self.port} 127.0.0.1", "allow_anonymous true", "enable_control_api true",
                         f"acl_file {acl}", f"certfile {certificate}", f"keyfile {key}", f"cafile {self.authority.certificate}",
                         "require_certificate true",
                         f"listener {self.psk_port} 127.0.0.1", "psk_hint home", f"psk_file {psk_file}"])

    def ctl(self, *words):
        return run([program("mqctl"), *words, "listeners"])

    def test_options_about_the_broker(self):
        COVERED.add("general options")
        trust = ["--cafile", self.authority.certificate, "--cert", self.pair[0], "--key", self.pair[1]]
        at = ["-p", self.port]
        good = [
            ["-h", "localhost", *at, *trust, "-A", "127.0.0.1", "-i", "me", "-V", "5", "-q", "2", "--quiet",
             "--keyform", "pem", "--tls-version", "tlsv1.2", "--ciphers", "ECDHE-ECDSA-AES128-GCM-SHA256",
             "--tls-alpn", "mqtt", "-u", "anybody", "-P", "any"],
            ["-h", "127.0.0.1", *at, *trust, "--insecure"],
            ["-L", f"mqtts://localhost:{self.port}", *trust],
            ["-h", "localhost", "-p", self.psk_port, "--psk", KEY, "--psk-identity", "sensor"],
        ]
        for words in good:
            with self.subTest(words=words):
                result = self.ctl(*words)
                self.assertEqual((result.returncode, result.stderr), (0, ""))
        for words in (["-h", "127.0.0.2", *at, *trust], ["-h", "localhost", *at, "--tls-use-os-certs"],
                      ["-h", "localhost", *at, "--capath", self.place.folder],
                      ["-h", "localhost", *at, *trust, "--tls-engine", "pkcs11"],
                      ["-h", "localhost", *at, *trust, "--tls-engine-kpass-sha1", "00"],
                      ["-h", "localhost", *at, *trust, "--proxy", f"socks5h://127.0.0.1:{free_port()}"],
                      ["-h", "localhost", "-p", self.psk_port, "--psk", KEY, "--psk-identity", "other"]):
            with self.subTest(words=words):
                result = self.ctl(*words)
                self.assertNotEqual(result.returncode, 0)
                self.assertEqual(result.stdout, "")
        for debug in ("-d", "--debug", "-v", "--verbose"):
            shown = self.ctl("-h", "localhost", *at, *trust, debug)
            self.assertIn("sending CONNECT", shown.stderr)


class CommandLine(unittest.TestCase):
    """What needs no broker."""

    def test_without_a_command(self):
        COVERED.update(("(no arguments)", "broker help", "exit 0", "--help, --version"))
        text = self.ctl("--help").stdout
        for words, code in (((), 0), (("broker", "help"), 0), (("--help",), 1)):
            result = self.ctl(*words)
            self.assertEqual((result.returncode, result.stdout, result.stderr), (code, text, ""))
        self.assertEqual(self.ctl("--version").returncode, 1)

    def test_documented_commands_are_in_the_help(self):
        text = self.ctl("--help").stdout
        page = (SOURCE / "docs/clients/mqctl.md").read_text(encoding="utf-8")
        commands = re.findall(r"^- ([a-z]+(?: [a-z][a-zA-Z]*)?)", page.partition("## COMMANDS")[2].partition("\n## ")[0],
                              re.M)
        self.assertGreater(len(commands), 12)
        for command in commands:
            self.assertTrue(all(word in text for word in command.split()), command)

    def test_options_file(self):
        COVERED.update(("-o", "exit other"))
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder, "mosquitto_ctrl")
            port = free_port()
            file.write_text(f"# where\n-h 127.0.0.1\n-p {port}\n", encoding="utf-8")
            environment = {**os.environ, "XDG_CONFIG_HOME": folder}
            for words, options in ((["-o", file], {}), ([], {"env": environment})):
                result = self.ctl(*words, "listeners", **options)
                self.assertEqual(result.returncode, 14, result.stderr)
                self.assertIn(f"Cannot connect to 127.0.0.1:{port}", result.stderr)
            typed = free_port()
            self.assertIn(f":{typed}", self.ctl("-p", typed, "listeners", env=environment).stderr)
            file.write_text("-h 127.0.0.1\nnonsense\n", encoding="utf-8")
            result = self.ctl("-o", file, "listeners")
            self.assertEqual(result.returncode, 3)
            self.assertIn("line 2", result.stderr)

    def ctl(self, *words, **options):
        return run([program("mqctl"), *words], **options)

    def test_help_fits_a_terminal_and_has_three_examples(self):
        text = self.ctl("--help").stdout
        self.assertEqual([line for line in text.splitlines() if len(line) > COLUMNS_MAX], [])
        self.assertEqual(text.partition("Examples:\n")[2].count("\n  mqctl") + 1, 3)
        self.assertEqual(self.ctl("clients", "--help").stdout, text)
        self.assertRegex(self.ctl("--version").stdout, r"^mqctl version \d")

    def test_wrong_arguments(self):
        COVERED.update(("exit 3", "exit 10", "exit 13", "<module>"))
        for words, code in ((("clients", "show"), 3), (("queues", "top", "-n", "x"), 3),
                            (("--port", "65536", "listeners"), 3), (("nonsense",), 10),
                            (("clients", "nonsense"), 13), (("clients",), 13)):
            with self.subTest(words):
                result = self.ctl(*words)
                self.assertEqual((result.returncode, result.stdout), (code, ""))
                self.assertTrue(result.stderr.startswith("mqctl: "), result.stderr)

    def test_dynamic_security_is_said_to_come_later(self):
        result = self.ctl("dynsec", "createClient", "u", "-p", "x")
        self.assertEqual(result.returncode, 1)
        self.assertIn("comes with a later version", result.stderr)

    def test_where_there_is_no_broker(self):
        absent = self.ctl("--socket", "/nonexistent/socket", "listeners")
        self.assertNotEqual(absent.returncode, 0)
        self.assertIn("Cannot connect to /nonexistent/socket", absent.stderr)
        no_prefix = self.ctl("--prefix", "/nonexistent", "listeners")
        self.assertNotEqual(no_prefix.returncode, 0)
        self.assertIn("There is no broker in /nonexistent", no_prefix.stderr)


class WholeTable(unittest.TestCase):
    def test_every_row_has_a_test(self):
        """Runs last, by the name of its class; the others have noted what they cover."""
        with open(pathlib.Path(__file__).parent / "ctrl_options.tsv", encoding="utf-8", newline="") as file:
            rows = [f"exit {row['name']}" if row["kind"] == "exit" else row["name"]
                    for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]
        self.assertEqual(sorted(set(rows) - COVERED), [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
