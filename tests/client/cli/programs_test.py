"""mqpub, mqsub and mqrr beside Debian's mosquitto_pub, mosquitto_sub and mosquitto_rr.

Each case is one command line that both programs are given, with the same broker: standard output, exit code and
the packets that they send must be the same, unless the case says otherwise. options.tsv has the options of the
three programs; a row without a case fails the run.
"""

import ast
import collections
import csv
import json
import os
import pathlib
import re
import signal
import socket
import string
import struct
import subprocess
import tempfile
import threading
import unittest

from mqtest import DEADLINE_S
from mqtest.broker import Place
from mqtest.certificates import Authority
from mqtest.peer import Peer
from mqtest.ports import free_port
from mqtest.process import Process
from mqtest.programs import debian, program
from mqtest.terminal import Terminal

from recorder import Recorder

HERE = pathlib.Path(__file__).resolve().parent
PUB, SUB, RR = "mosquitto_pub", "mosquitto_sub", "mosquitto_rr"
ALL = (PUB, SUB, RR)
OURS = {PUB: "mqpub", SUB: "mqsub", RR: "mqrr"}
WORK = {PUB: ["-t", "out/x", "-m", "hello"], SUB: ["-t", "in/x", "-C", "1"],
        RR: ["-t", "ask/x", "-e", "in/x", "-m", "question"]}
KEY = "0123456789abcdef"
COVERED = collections.defaultdict(set)  # program: names of rows

Result = collections.namedtuple("Result", "code out err packets")


def covers(name, programs=ALL):
    """Notes that a row of the table has a test; returns the name."""
    for one in programs:
        COVERED[one].add(name)
    return name


class Case(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.place = Place()
        cls.addClassCleanup(cls.place.remove)
        folder = cls.place.folder
        cls.authority = Authority(folder)
        certificate, key = cls.authority.issue("server")
        cls.pair = cls.authority.issue("client")
        psk_file = folder / "psk"
        psk_file.write_text(f"sensor:{KEY}\n")
        psk_file.chmod(0o600)
        cls.ports = {name: free_port() for name in ("tls", "mutual", "psk", "wss", "login")}
        cls.path = str(folder / "s")
        cls.place.add_user("anna", "pw")
        pair = [f"certfile {certificate}", f"keyfile {key}"]
        open_to_all = "allow_anonymous true"
        lines = ["per_listener_settings true", "log_dest stderr",
                 *(["user root"] if os.geteuid() == 0 else []),
                 f"listener {cls.place.port} 127.0.0.1", open_to_all,
                 f"listener {cls.place.ws_port} 127.0.0.1", "protocol websockets", open_to_all,
                 f"listener 0 {cls.path}", open_to_all,
                 f"listener {cls.ports['tls']}", *pair, open_to_all,
                 f"listener {cls.ports['mutual']} 127.0.0.1", *pair, open_to_all,
                 f"cafile {cls.authority.certificate}", "require_certificate true",
                 f"listener {cls.ports['psk']} 127.0.0.1", "psk_hint home", f"psk_file {psk_file}",
                 open_to_all,
                 f"listener {cls.ports['wss']} 127.0.0.1", "protocol websockets", *pair, open_to_all,
                 f"listener {cls.ports['login']} 127.0.0.1", "allow_anonymous false",
                 f"password_file {cls.place.password_file}"]
        cls.place.configuration.write_text("\n".join(lines) + "\n")
        broker = cls.place.start()
        cls.addClassCleanup(broker.kill)
        cls.recorder = Recorder(cls.place.port)
        cls.addClassCleanup(cls.recorder.close)
        cls.feeder = Peer(cls.place.port)
        cls.feeder.connects()
        cls.feeder.publishes("in/x", b"payload", retain=True)

    def run_one(self, which, ours, arguments, text=b"", port=None, environment=None, home=None):
        with tempfile.TemporaryDirectory() as empty:
            home = home or empty
            name = program(OURS[which]) if ours else debian(which)
            place = ["-p", str(port or self.recorder.port)] if port != 0 else []
            done = subprocess.run(
                [name, *place, *map(str, arguments)], input=text, capture_output=True,
                timeout=DEADLINE_S, check=False,
                env={"PATH": os.environ["PATH"], "HOME": str(home), "TZ": "Europe/Berlin",
                     **(environment or {})})
        packets = self.recorder.take() if port is None else None
        return Result(done.returncode, done.stdout, done.stderr, packets)

    def both(self, which, *arguments, packets=True, **options):
        """Runs both programs and compares them; returns what ours did."""
        theirs = self.run_one(which, False, arguments, **options)
        ours = self.run_one(which, True, arguments, **options)
        with self.subTest(program=which, arguments=arguments):
            self.assertEqual((theirs.code, theirs.out), (ours.code, ours.out),
                             (theirs.err, ours.err))
            if packets:
                seen = [theirs.packets, ours.packets]
                if which != PUB:  # theirs may leave without a word, or with unread input, which resets
                    seen = [[[one for one in each if not one.startswith("DISCONNECT")]
                             for each in both] for both in seen]
                self.assertEqual(*seen)
        return ours

    def each(self, row, *arguments, programs=ALL, **options):
        """The case for each program, behind the arguments that give it something to do."""
        if row:
            covers(row, programs)
        return [self.both(which, *WORK[which], *arguments, **options) for which in programs]

    def refused(self, row, *arguments, programs=ALL):
        """Wrong arguments: exit code 1, nothing on standard output, and a reason."""
        if row:
            covers(row, programs)
        for which in programs:
            ours = self.both(which, *WORK[which], *arguments)
            self.assertEqual((ours.code, ours.out), (1, b""))
            self.assertIn(b"mq", ours.err)

    def start_sub(self, ours, *arguments):
        """A mosquitto_sub or mqsub that prints each line at once."""
        name = [program("mqsub")] if ours else [debian("stdbuf"), "-oL", debian(SUB)]
        running = Process([*name, *arguments], env={**os.environ, "HOME": "/nonexistent"},
                          stderr=subprocess.DEVNULL)
        self.addCleanup(running.kill)
        return running

    def ours(self, which, *arguments, code=0, **options):
        """What only our program can; returns its result."""
        done = self.run_one(which, True, arguments, **options)
        self.assertEqual(done.code, code, done.err)
        return done


class Session(Case):
    def test_identifier(self):
        self.each("-i, --id", "-i", "me")
        self.each(None, "--id", "me")
        self.each("-I, --id-prefix", "-I", "pid-")
        self.refused(None, "-i", "a", "-I", "b")
        self.refused(None, "-i")

    def test_versions(self):
        for version in ("5", "mqttv5", "311", "mqttv311", "31", "mqttv31"):
            self.each("-V, --protocol-version", "-V", version, programs=(PUB, SUB))
        self.each("-V, --protocol-version", "-V", "5", programs=(RR,))
        self.refused(None, "-V", "4")

    def test_clean_session(self):
        self.each("-c, --disable-clean-session", "-c", "-i", "keeper-1")
        self.each(None, "-c", "-i", "keeper-2", "-V", "5")
        self.refused(None, "-c", programs=(PUB, SUB))

    def test_session_expiry(self):
        self.each("-x", "-V", "5", "-x", "60", "-i", "expires-1")
        self.each(None, "-V", "5", "-x", "-1", "-i", "expires-2")
        self.each(None, "-V", "5", "-x", "\u221e", "-i", "expires-3")
        self.each(None, "-V", "5", "-x", "4294967295", "-i", "expires-4")
        self.refused(None, "-V", "5", "-x", "-1")
        self.refused(None, "-x", "4294967296")
        for which in ALL:
            self.assertIn("MQTT\\x05", self.ours(which, *WORK[which], "-x", "60").packets[0][0])

    def test_keep_alive(self):
        self.each("-k, --keepalive", "-k", "5")
        self.each(None, "--keepalive", "65535")
        self.refused(None, "-k", "4")
        self.refused(None, "-k", "65536")

    def test_login(self):
        self.each("-u, --username", "-u", "anna")
        self.each("-P, --pw", "-u", "anna", "--pw", "pw")
        self.each(None, "-P", "pw", "-V", "5")
        self.each(None, "-P", "pw", programs=(PUB, SUB))

    def test_will(self):
        covers("--will-qos")
        covers("--will-retain")
        self.each("--will-topic", "--will-topic", "w")
        self.each("--will-payload", "--will-topic", "w", "--will-payload", "gone", "--will-qos", "2",
                  "--will-retain")
        self.refused(None, "--will-payload", "gone")
        self.refused(None, "--will-retain")
        self.refused(None, "--will-topic", "w/#")
        self.refused(None, "--will-topic", "w", "--will-qos", "3")

    def test_properties(self):
        row = "-D, --property"
        self.each(row, "-D", "connect", "user-property", "a", "b")
        for values in (("connect", "receive-maximum", "7"), ("connect", "maximum-packet-size", "9000"),
                       ("connect", "request-problem-information", "0"),
                       ("connect", "topic-alias-maximum", "3"),
                       ("connect", "session-expiry-interval", "0"),
                       ("disconnect", "user-property", "bye", "now"),
                       ("CONNECT", "receive-maximum", "7")):
            self.each(None, "-D", *values)
        for values in (("content-type", "text"), ("payload-format-indicator", "1"),
                       ("message-expiry-interval", "60"), ("correlation-data", "data"),
                       ("user-property", "k", "v"), ("topic-alias", "1")):
            self.each(None, "--property", "publish", *values, programs=(PUB, RR))
        self.each(None, "-D", "publish", "response-topic", "r", programs=(PUB,))
        self.each(None, "-D", "subscribe", "subscription-identifier", "5", programs=(SUB, RR))
        self.each(None, "-U", "other", "-D", "unsubscribe", "user-property", "k", "v", programs=(SUB,))
        self.each(None, "--will-topic", "w", "-D", "will", "will-delay-interval", "5")
        for values in (("connect", "receive-maximum"), ("connect", "receive-maximum", "65536"),
                       ("connect", "content-type", "x"), ("publish", "subscription-identifier", "1"),
                       ("auth", "reason-string", "x"), ("puback", "reason-string", "x"),
                       ("nonsense", "content-type", "x"), ("publish", "nonsense", "x"),
                       ("publish", "message-expiry-interval", "-1")):
            self.refused(None, "-D", *values)

    def test_in_flight(self):
        self.each("-M", "-M", "1", "-q", "1")
        self.refused(None, "-M", "0")


class Way(Case):
    def test_host_and_port(self):
        covers("-h, --host")
        covers("-p, --port")
        self.each(None, "-h", "127.0.0.1")
        self.each(None, "--host", "localhost", "--port", self.recorder.port)
        self.refused(None, "-p", "65536")
        self.refused(None, "-p", "-1")
        self.refused(None, "-h")
        for which in ALL:
            self.both(which, *WORK[which], "-h", "no-such-host.invalid", packets=False)
            self.both(which, *WORK[which], "-p", free_port(), packets=False)

    def test_url(self):
        covers("-L, --url")
        base = f"127.0.0.1:{self.recorder.port}"
        for which in ALL:
            rest = WORK[which][2:]
            self.both(which, "-L", f"mqtt://{base}/in/x", *rest, port=None)
            self.both(which, "-L", f"mqtt://anna:p%40w@{base}/in/x", *rest)
            self.both(which, "-L", f"mqtt://anna@{base}/in/x", *rest)
            for wrong in ("http://h/t", "mqtt://h", "mqtt"):
                self.assertEqual(self.both(which, "-L", wrong, *rest).code, 1)
        covers("-t with -L", (SUB,))
        self.both(SUB, "-L", f"mqtt://{base}/in/y", "-t", "in/x", "-C", "1")
        self.assertEqual(self.both(SUB, "-C", "1").code, 1)

    def test_web_sockets(self):
        covers("--ws")
        for which in ALL:
            self.ours(which, *WORK[which], "--ws", port=self.place.ws_port)
            rest = WORK[which][2:]
            self.ours(which, "-L", f"ws://127.0.0.1:{self.place.ws_port}/in/x", *rest, port=0)
            self.ours(which, "-L", f"wss://localhost:{self.ports['wss']}/in/x", "--cafile",
                      self.authority.certificate, *rest, port=0)

    def test_unix_socket(self):
        self.each("--unix", "--unix", self.path, packets=False)
        self.each(None, "--unix", "/nonexistent/socket", packets=False)

    def test_local_address(self):
        self.each("-A", "-A", "127.0.0.1")
        self.each(None, "-A", "192.0.2.1", packets=False)

    def test_no_delay(self):
        self.each("--nodelay", "--nodelay")

    def test_proxy(self):
        covers("--proxy")
        self.refused(None, "--proxy", "http://127.0.0.1")
        for which in ALL:
            with Proxy() as proxy:
                for login in ("", "anna:p%40w@"):
                    self.both(which, *WORK[which], "--proxy", f"socks5h://{login}127.0.0.1:{proxy.port}")
                self.assertEqual(proxy.logins[3:], [("anna", "p@w")])
                self.assertEqual(len(proxy.logins), 4)
            self.both(which, *WORK[which], "--proxy", f"socks5h://127.0.0.1:{free_port()}",
                      packets=False)

    def test_service_lookup(self):
        covers("-S")
        for which in ALL:
            self.assertEqual(self.both(which, *WORK[which], "-S").code, 1)


class Proxy:
    """A SOCKS5 proxy that takes any login and notes it."""

    def __enter__(self):
        self.logins = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.close()

    def _serve(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(client,), daemon=True).start()

    def _talk(self, client):
        with client:
            methods = client.recv(client.recv(2)[1])
            if 2 in methods:
                client.sendall(b"\5\2")
                client.recv(1)
                name = client.recv(client.recv(1)[0])
                password = client.recv(client.recv(1)[0])
                self.logins.append((name.decode(), password.decode()))
                client.sendall(b"\1\0")
            else:
                self.logins.append(None)
                client.sendall(b"\5\0")
            kind = client.recv(4)[3]
            host = (client.recv(client.recv(1)[0]).decode() if kind == 3
                    else socket.inet_ntop(socket.AF_INET, client.recv(4)))
            port = int.from_bytes(client.recv(2), "big")
            server = socket.create_connection((host, port))
            client.sendall(b"\5\0\0\1\x7f\0\0\1\0\1")
            back = threading.Thread(target=Recorder._copy, args=(server, client, None), daemon=True)
            back.start()
            Recorder._copy(client, server, None)
            back.join()
            server.close()


class Tls(Case):
    def tls(self, row, *arguments, name="tls", programs=ALL):
        for result in self.each(row, "-h", "localhost", *arguments, port=self.ports[name],
                                packets=False, programs=programs):
            yield result

    def good(self, row, *arguments, **options):
        for result in self.tls(row, *arguments, **options):
            self.assertEqual(result.code, 0, result.err)

    def bad(self, row, *arguments, **options):
        for result in self.tls(row, *arguments, **options):
            self.assertEqual(result.code, 1)

    def fails(self, row, *arguments, name="tls", host="localhost"):
        """A handshake that fails: with theirs it is a matter of time whether connecting or the loop finds out."""
        if row:
            covers(row)
        for which in ALL:
            theirs, ours = (self.run_one(which, one, [*WORK[which], "-h", host, *arguments],
                                         port=self.ports[name]) for one in (False, True))
            self.assertIn(theirs.code, (1, 7, 8), theirs.err)
            self.assertEqual(ours.code, 8, ours.err)
            self.assertEqual((theirs.out, ours.out), (b"", b""))

    def test_authorities(self):
        authority = self.authority.certificate
        self.good("--cafile", "--cafile", authority)
        self.bad(None, "--cafile", "/nonexistent/ca.pem")
        folder = self.place.folder / "hashed"
        folder.mkdir(exist_ok=True)
        (folder / "ca.pem").write_bytes(authority.read_bytes())
        subprocess.run(["openssl", "rehash", folder], check=True)
        self.good("--capath", "--capath", folder)
        self.fails("--tls-use-os-certs", "--tls-use-os-certs")

    def test_client_certificate(self):
        authority = ("--cafile", self.authority.certificate)
        pair = ("--cert", self.pair[0], "--key", self.pair[1])
        covers("--key")
        self.good("--cert", *authority, *pair, name="mutual")
        self.good("--keyform", *authority, *pair, "--keyform", "pem", name="mutual")
        junk = self.place.folder / "junk.pem"
        junk.write_text("junk")
        self.bad(None, "--cafile", junk)
        self.bad(None, *authority, "--cert", junk, "--key", junk)
        self.fails(None, *authority, name="mutual")
        self.bad(None, *authority, "--cert", self.pair[0])
        self.bad(None, *authority, "--keyform", "pem")
        self.bad(None, *authority, *pair, "--keyform", "nonsense", name="mutual")

    def test_versions_and_ciphers(self):
        authority = ("--cafile", self.authority.certificate)
        self.good("--tls-version", *authority, "--tls-version", "tlsv1.2")
        self.good(None, *authority, "--tls-version", "tlsv1.3")
        self.bad(None, *authority, "--tls-version", "tlsv9")
        self.good("--ciphers", *authority, "--ciphers", "ECDHE-ECDSA-AES128-GCM-SHA256")
        self.good("--tls-alpn", *authority, "--tls-alpn", "mqtt")

    def test_host_name(self):
        authority = ("--cafile", self.authority.certificate)
        self.fails(None, *authority, host="127.0.0.2")
        for which in ALL:
            done = self.both(which, *WORK[which], "-h", "127.0.0.2", *authority, "--insecure",
                             port=self.ports["tls"], packets=False)
            self.assertEqual(done.code, 0)
        covers("--insecure")

    def test_pre_shared_key(self):
        covers("--psk-identity")
        key = ("--psk", KEY, "--psk-identity", "sensor")
        self.good("--psk", *key, "--tls-version", "tlsv1.2", name="psk")
        self.bad(None, "--psk", KEY, name="psk")
        self.bad(None, *key, "--cafile", self.authority.certificate, name="psk")

    def test_no_tls(self):
        covers("--no-tls")
        for which in ALL:
            self.ours(which, *WORK[which], "--cafile", "/nonexistent", "--no-tls")

    def test_engines_are_refused(self):
        covers("--tls-engine")
        covers("--tls-engine-kpass-sha1")
        for which in ALL:
            for option in ("--tls-engine", "--tls-engine-kpass-sha1"):
                done = self.ours(which, *WORK[which], "--cafile", self.authority.certificate, option, "x",
                                 code=1)
                self.assertIn(b"engine", done.err)

    def test_key_log(self):
        covers("--tls-keylog")
        for which in ALL:
            path = self.place.folder / f"{which}.keys"
            self.ours(which, *WORK[which], "-h", "localhost", "--cafile", self.authority.certificate,
                      "--tls-keylog", path, port=self.ports["tls"])
            self.assertIn("CLIENT_TRAFFIC_SECRET_0", path.read_text())


class Publishing(Case):
    def pub(self, row, *arguments, code=0, **options):
        if row:
            covers(row, (PUB,))
        done = self.both(PUB, "-t", "out/x", *arguments, **options)
        self.assertEqual(done.code, code, done.err)
        return done

    def test_topic(self):
        covers("-t, --topic", ALL)
        self.both(PUB, "--topic", "a/b", "-n")
        self.both(PUB, "-t", "a", "-t", "b", "-n")
        self.both(RR, "-t", "a", "-e", "in/x", "-n")
        for which in (PUB, RR):
            for wrong in ("a/#", "+", "a\x01b"):
                self.assertEqual(self.both(which, *WORK[which][2:], "-t", wrong).code, 1)
            self.ours(which, *WORK[which][2:], "-t", "", code=1)
        self.ours(PUB, "-m", "x", code=1)
        self.ours(PUB, "-t", "x", code=1)

    def test_messages(self):
        path = self.place.folder / "message"
        path.write_bytes(b"bytes \0 of a file\n")
        empty = self.place.folder / "empty"
        empty.write_bytes(b"")
        for which, rest in ((PUB, ["-t", "out/x"]), (RR, ["-t", "ask/x", "-e", "in/x"])):
            for row, arguments, text in (
                    ("-m, --message", ("-m", "text"), b""), ("-m, --message", ("--message", ""), b""),
                    ("-n, --null-message", ("-n",), b""), ("-n, --null-message", ("--null-message",), b""),
                    ("-f, --file", ("-f", path), b""), ("-f, --file", ("--file", empty), b""),
                    ("-f, --file", ("-f", "/nonexistent"), b""),
                    ("-s, --stdin-file", ("-s",), b"two\nlines\n"), ("-s, --stdin-file", ("-s",), b""),
                    ("-s, --stdin-file", ("--stdin-file",), b"\0" * 5000),
                    (None, ("-m", "a", "-n"), b""), (None, ("-f", path, "-m", "a"), b"")):
                if row:
                    covers(row, (which,))
                if which == RR and row and row[1] in "fs":  # theirs asks with an empty payload
                    done = self.run_one(RR, True, [*rest, *arguments], text=text)
                    good = arguments[1:] != ("/nonexistent",) and (text or row[1] == "f")
                    self.assertEqual(done.code, 0 if good else 1, done.err)
                    if text or path in arguments:
                        self.assertIn(repr(text or path.read_bytes())[2:-1], done.packets[0][2])
                    continue
                self.both(which, *rest, *arguments, text=text)

    def test_lines(self):
        row = "-l, --stdin-line"
        for qos in ("0", "1", "2"):
            self.pub(row, "-l", "-q", qos, text=b"one\ntwo\n\nfour", packets=False)
        ours = self.ours(PUB, "-t", "out/x", "-l", text=b"one\ntwo\n\nfour")
        sent = [packet for packet in ours.packets[0] if packet.startswith("PUBLISH")]
        self.assertEqual([packet[-6:-1] for packet in sent], ["/xone", "/xtwo", "out/x", "xfour"])
        self.pub(None, "--stdin-line", text=b"")
        many = b"".join(b"line %d\n" % number for number in range(20000))
        ours = self.ours(PUB, "-t", "out/x", "-q", "1", "-l", text=many)
        sent = [packet for packet in ours.packets[0] if packet.startswith("PUBLISH")]
        self.assertEqual(len(sent), 20000)

    def test_quality_of_service(self):
        for qos in ("0", "1", "2"):
            self.each("-q, --qos", "-q", qos)
        self.refused(None, "-q", "3")
        for which in ALL:
            self.ours(which, *WORK[which], "--qos", "x", code=1)

    def test_retain(self):
        self.pub("-r, --retain", "-r", "-m", "kept")
        self.pub(None, "--retain", "-n")

    def test_repeat(self):
        self.pub("--repeat", "--repeat", "3", "-m", "again")
        self.pub(None, "--repeat", "3", "-q", "1", "-m", "again")
        self.pub("--repeat-delay", "--repeat", "2", "--repeat-delay", "0.2", "-m", "again")
        self.pub(None, "--repeat", "0", "-m", "again", code=1)
        self.pub(None, "--repeat-delay", "-1", "-m", "again", code=1)


class Subscribing(Case):
    def sub(self, row, *arguments, programs=(SUB,), **options):
        if row:
            covers(row, programs)
        return [self.both(which, *WORK[which], *arguments, **options) for which in programs]

    def fed(self, topic, messages, *arguments, version=5):
        """Both programs subscribe to `topic`, and the feeder publishes `messages` to both; the lines that
        each has printed."""
        outputs = []
        for ours in (False, True):
            running = self.start_sub(ours, "-p", self.place.port, "-V", version, "-d", *arguments)
            running.wait_for_line("Subscribed")
            for one_topic, payload, properties in messages:
                self.feeder.publishes(one_topic, payload, **properties)
            code = running.wait()
            outputs.append((code, [line for line in running.lines
                                   if not re.match("Client |Subscribed", line)]))
        self.assertEqual(outputs[0], outputs[1])
        return outputs[1]

    def test_count(self):
        self.sub("-C", "-C", "1")
        self.assertEqual(self.both(SUB, "-t", "x", "-C", "0").code, 1)

    def test_filters(self):
        self.both(SUB, "-t", "none/#", "-t", "in/+", "-C", "1", "-q", "2")
        for wrong in ("a/#/b", "a#", "a\x01"):
            self.assertEqual(self.both(SUB, "-t", wrong).code, 1)
        self.ours(SUB, "-t", "", code=1)
        covers("-T, --filter-out", (SUB,))
        self.feeder.publishes("many/a", b"a", retain=True)
        self.feeder.publishes("many/b", b"b", retain=True)
        self.both(SUB, "-t", "many/#", "-T", "many/a", "-C", "1", "-v")
        self.assertEqual(self.both(SUB, "-t", "a", "-T", "a/#/b").code, 1)
        self.sub("-U, --unsubscribe", "-U", "other", "-U", "in/y")

    def test_end_after_subscription(self):
        covers("-E", (SUB,))
        self.both(SUB, "-t", "none", "-E")
        self.both(SUB, "-t", "none", "-E", "-d", "-i", "debug")

    def test_output(self):
        for which in (SUB, RR):
            covers("-v, --verbose", (which,))
            covers("-N", (which,))
            covers("-F", (which,))
            covers("--pretty", (which,))
            self.both(which, *WORK[which], "-v")
            self.both(which, *WORK[which], "--verbose", "-N")
            self.both(which, *WORK[which], "-N")
            self.both(which, *WORK[which], "-F", "%t|%p|%q|%r")
            self.both(which, *WORK[which], "-F", "%t", "-N", "-v")
            self.assertEqual(self.both(which, *WORK[which], "-F", "%").code, 1)
        self.fed("fed/#", [("fed/1", b"", {}), ("fed/2", b"x", {}), ("fed/3", b"", {})], "-t", "fed/#", "-C", 3)
        self.fed("fed/#", [("fed/1", b"", {}), ("fed/2", b"x", {}), ("fed/3", b"", {})], "-t", "fed/#", "-C", 3,
                 "-v")

    def test_formats(self):
        names = {"%%", "%A", "%C", "%D", "%E", "%F", "%I", "%l", "%m", "%P", "%p", "%q", "%R", "%r",
                 "%S", "%t", "%x", "%X", "@c", "\\c", "flags after %"}
        for name in names:
            covers(name, (SUB, RR))
        formats = ["%% %A|%C|%D|%E|%F|%P|%R|%S|", "%l %m %q %r %t", "%x %X", "%p",
                   "%010l|%-10l|%10l|%05m|%-5m|", "%20t|%-20t|%.3t|%10.3t|%-10.3t|%020t",
                   "%3p|%12p|%-12p|%012p|%-012p|%.3p|%03p", "%6x|%5x|%3x|%1x|%6X|%-6x|%06x", "%.t|%10.t|%5%|%05q|%5P|%06t", "\\t\\\\\\a\\e\\r\\v|\\n",
                   "@Y-@m-@d @@", "%20C|%-20C|%.2C|%.2R", "%010E|%-10E|%05F|%05A|%05S"]
        for version in ("311", "5"):
            for form in formats:
                self.both(SUB, *WORK[SUB], "-V", version, "-q", "1", "-F", form)
        for form in formats:
            self.both(RR, *WORK[RR], "-q", "1", "-F", form)
        for wrong in ("%", "@", "\\", "%z", "\\q", "%5", "%0-5t", "%-", "%0"):
            for which in (SUB, RR):
                self.assertEqual(self.both(which, *WORK[which], "-F", wrong).code, 1, wrong)

    def test_format_letters_of_strftime(self):
        for letter in string.ascii_letters + "%+":
            if letter in "cDFgGNrRsSTXMIklH":
                continue  # these change from one second to the next
            self.both(SUB, *WORK[SUB], "-F", "<@" + letter + ">")
        for letter in "cDFgGNrRsSTXMIklH":
            theirs = self.run_one(SUB, False, [*WORK[SUB], "-F", "<@" + letter + ">"])
            ours = self.run_one(SUB, True, [*WORK[SUB], "-F", "<@" + letter + ">"])
            self.assertEqual((theirs.code, re.sub(rb"\d", b"9", theirs.out)),
                             (ours.code, re.sub(rb"\d", b"9", ours.out)), letter)

    def test_time(self):
        covers("%U", (SUB, RR))
        for which in (SUB, RR):
            for form in ("%I|%30I|%.10I|%-30I|", "%U", "@N"):
                theirs = self.run_one(which, False, [*WORK[which], "-F", form])
                ours = self.run_one(which, True, [*WORK[which], "-F", form])
                self.assertEqual(re.sub(rb"\d", b"9", theirs.out), re.sub(rb"\d", b"9", ours.out))

    def shown_json(self, which, *arguments):
        """Both programs, with the time taken out."""
        outputs = []
        for ours in (False, True):
            done = self.run_one(which, ours, arguments)
            outputs.append((done.code, re.sub(rb'("tst":\t?)"[^"]*"', rb'\1"T"', done.out)))
            if done.out and ours:
                self.assertRegex(done.out, rb'"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+0[12]00"')
        self.assertEqual(outputs[0], outputs[1])
        return outputs[1][1]

    def test_json(self):
        payloads = [b"text", b'{"a":[1,2.50,{"b":null}],"c":"\\u00e9 / \\n"}', b"[]", b"{}", b"12.0",
                    b'"x"', b"\xc3\xa9", b"tab\tquote\"backslash\\", b"1e30", b"-0.0000001", b"[1,[2,[]]]",
                    b'{"a":1,"a":2}', b"true"]
        for name in ("%j", "%J"):
            covers(name, (SUB, RR))
        for number, payload in enumerate(payloads):
            topic = f"json/{number}"
            self.feeder.publishes(topic, payload, retain=True)
            for letter in ("%j", "%J"):
                if letter == "%J" and payload in (b"text", b"\xc3\xa9", b"tab\tquote\"backslash\\"):
                    continue
                for more in ((), ("--pretty",), ("-V", "5", "-q", "1")):
                    with self.subTest(payload=payload, letter=letter, more=more):
                        self.shown_json(SUB, "-t", topic, "-C", "1", "-F", letter, *more)
        given = []
        for pair in (("content-type", "t"), ("user-property", "a", "b"), ("response-topic", "r"),
                     ("user-property", "c", "d"), ("correlation-data", "cd"),
                     ("payload-format-indicator", "1"), ("message-expiry-interval", "1000")):
            given += ["-D", "publish", *pair]
        self.ours(PUB, "-t", "json/all", "-r", "-m", "x", *given)
        for more in ((), ("--pretty",), ("-D", "subscribe", "subscription-identifier", "9")):
            self.shown_json(SUB, "-V", "5", "-t", "json/all", "-C", "1", "-F", "%j", *more)
        for form in ("%A|%C|%D|%F|%P|%R|%S", "%010S|%-5F|%12C|%-12C|%.2C", "%5R|%.3R|%12R"):
            self.both(SUB, "-V", "5", "-t", "json/all", "-C", "1", "-F", form, "-D", "subscribe",
                      "subscription-identifier", "9")
        self.shown_json(RR, *WORK[RR], "-F", "%j", "-q", "1")
        self.both(SUB, "-t", "json/0", "-C", "1", "-F", "<%J>")

    def test_retained(self):
        for which in (SUB, RR):
            covers("--retain-as-published", (which,))
            covers("-R", (which,))
        self.sub(None, "--retain-as-published", "-V", "5")
        asked = self.ours(RR, *WORK[RR], "--retain-as-published").packets[0][1]
        self.assertTrue(asked.endswith("\\x08'"), asked)
        covers("--retained-only", (SUB,))
        self.fed("only/#", [("only/1", b"not retained", {})], "-t", "only/#", "-t", "in/x", "--retained-only")
        self.fed("new/#", [("new/1", b"new", {})], "-t", "new/#", "-t", "in/x", "-R", "-C", 1, "-v")
        self.fed("new/#", [("new/1", b"new", {})], "-t", "new/#", "-t", "in/x", "-R", "-C", 1, "-v",
                 version=311)
        self.assertEqual(self.both(SUB, "-t", "x", "-R", "--retained-only").code, 1)
        covers("--remove-retained", (SUB,))
        self.feeder.publishes("gone/1", b"x", retain=True)
        ours = self.ours(SUB, "-t", "gone/#", "-C", "1", "--remove-retained", "-v")
        self.assertEqual(ours.out, b"gone/1 x\n")
        self.assertEqual([one[:9] for one in ours.packets[0]], ["CONNECT 0", "SUBSCRIBE", "PUBLISH 3", "DISCONNEC"])
        self.assertEqual(self.ours(SUB, "-t", "gone/#", "-W", "1", code=27).out, b"")
        for number, which in enumerate((False, True)):
            self.feeder.publishes("gone/2", b"x", retain=True)
            done = self.run_one(SUB, which, ["-t", "gone/#", "-W", "1", "--remove-retained", "-v", "-i", "me"])
            self.assertEqual((done.code, done.out), (27, b"gone/2 x\ngone/2 (null)\n"))

    def test_retain_handling(self):
        for which in (SUB, RR):
            covers("--retain-handling", (which,))
            for word, bits in (("always", 0), ("new", 1), ("never", 2)):
                done = self.run_one(which, True, [*WORK[which], "-V", "5", "-W", "5", "--retain-handling",
                                                  word, *(["-E"] if which == SUB else [])])
                asked = [one for one in done.packets[0] if one.startswith("SUBSCRIBE")][0]
                last = ast.literal_eval(asked.split(" ", 2)[2])[-1]
                self.assertEqual(last >> 4, bits)
            self.ours(which, *WORK[which], "--retain-handling", "sometimes", code=1)

    def test_chance(self):
        covers("--random-filter", (SUB,))
        self.assertEqual(self.ours(SUB, *WORK[SUB], "--random-filter", "100").out, b"payload\n")
        for wrong in ("0", "101", "x"):
            self.ours(SUB, *WORK[SUB], "--random-filter", wrong, code=1)
        for number in range(400):
            self.feeder.publishes(f"chance/{number}", b"x", retain=True)
        done = self.ours(SUB, "-d", "-t", "chance/#", "-C", "100", "-F", "printed", "--random-filter", "50")
        received = done.out[:done.out.rindex(b"\nprinted\n")].count(b"received PUBLISH")
        self.assertTrue(130 < received < 320, received)
        for number in range(400):
            self.feeder.publishes(f"chance/{number}", b"", retain=True)

    def test_response_topic(self):
        covers("-e", (RR,))
        self.assertEqual(self.both(RR, "-t", "a", "-m", "x").code, 1)
        self.assertEqual(self.both(RR, "-t", "a", "-m", "x", "-e", "b/#").code, 1)

    def test_request_and_response(self):
        covers("flow", (RR,))
        seen = []
        for ours in (False, True):
            name = program("mqrr") if ours else debian(RR)
            answers = Peer(self.place.port)
            answers.connects()
            answers.subscribes("question")
            asking = Process([name, "-p", self.recorder.port, "-t", "question", "-e", "answer", "-m", "6*9",
                              "-W", 20], env={"HOME": str(self.place.folder)})
            self.addCleanup(asking.kill)
            self.assertEqual(answers.next_packet().payload, b"6*9")
            answers.publishes("answer", b"42")
            answers.close()
            seen.append((asking.wait(), asking.lines, self.recorder.take()[0][:3]))
        self.assertEqual(seen[0], seen[1])
        self.assertEqual(seen[1][1], ["42"])

    def test_latency(self):
        covers("--latency", (RR,))
        done = self.ours(RR, *WORK[RR], "--latency")
        self.assertRegex(done.out, rb"^payload\nLatency: \d+\.\d{6} s\n$")

    def test_rate(self):
        covers("--message-rate", (SUB,))
        done = self.ours(SUB, "-t", "in/x", "--message-rate", "-W", "2", code=27)
        self.assertEqual(done.out.splitlines()[0], b"1")

    def test_watch(self):
        covers("-w, --watch", (SUB,))
        with Terminal([program("mqsub"), "-p", self.place.port, "-t", "in/x", "-w", "-C", 1],
                      env={**os.environ, "TERM": "xterm"}) as terminal:
            terminal.wait_for("payload")
            self.assertEqual(terminal.finish(), 0)
            self.assertIn("\x1b[1;1H", terminal.shown)
        self.assertEqual(self.ours(SUB, *WORK[SUB], "-w").out, b"payload\n")

    def test_floating_point(self):
        covers("%f", (SUB, RR))
        covers("%d", (SUB, RR))
        self.feeder.publishes("real/f", struct.pack("f", 1.5), retain=True)
        self.feeder.publishes("real/d", struct.pack("d", -2.25), retain=True)
        self.assertEqual(self.ours(SUB, "-t", "real/f", "-C", "1", "-F", "%f|%.1f").out, b"1.500000|1.5\n")
        self.assertEqual(self.ours(SUB, "-t", "real/d", "-C", "1", "-F", "%d|%8.2d").out,
                         b"-2.250000|   -2.25\n")
        self.assertEqual(self.ours(RR, "-t", "a", "-n", "-e", "real/f", "-F", "%f").out, b"1.500000\n")


class General(Case):
    def test_exit_codes(self):
        login = self.ports["login"]
        for name in ("0", "1", "1-5", "128-162", "2-33"):
            covers(name)
        for which in ALL:
            self.assertEqual(self.both(which, *WORK[which]).code, 0)
            self.assertEqual(self.both(which, *WORK[which], "-V", "311", port=login, packets=False).code, 5)
            self.assertEqual(self.both(which, *WORK[which], "-V", "5", port=login, packets=False).code, 135)
            self.assertEqual(self.both(which, *WORK[which], "-V", "5", "-u", "anna", "-P", "no", port=login,
                                       packets=False).code, 135)
            self.assertEqual(self.both(which, *WORK[which], "-u", "anna", "-P", "pw", port=login,
                                       packets=False).code, 0)
            self.assertEqual(self.both(which, "--nonsense").code, 1)
            self.assertEqual(self.both(which, "nonsense").code, 1)
            self.ours(which, code=1)

    def test_a_connection_that_is_lost(self):
        for which in (PUB, RR):
            codes = []
            for ours in (False, True):
                with socket.create_server(("127.0.0.1", 0)) as server:
                    port = server.getsockname()[1]

                    def close_at_once():
                        client, _ = server.accept()
                        client.recv(1000)
                        client.close()
                    threading.Thread(target=close_at_once, daemon=True).start()
                    codes.append(self.run_one(which, ours, WORK[which], port=port).code)
            self.assertEqual(codes, [7, 7], which)

    def test_a_subscriber_connects_again(self):
        for ours in (False, True):
            running = self.start_sub(ours, "-p", self.recorder.port, "-t", "again", "-d", "-C", 1)
            running.wait_for_line("^Subscribed")
            before = len(running.lines)
            self.recorder.cut()
            running.wait_for_line("^Subscribed", start=before)
            self.feeder.publishes("again", b"here")
            self.assertEqual(running.wait(), 0)
            self.assertEqual(running.lines.count("here"), 1)
        self.recorder.take()

    def test_lines_go_on_after_a_loss(self):
        listener = self.start_sub(True, "-p", self.place.port, "-t", "lines/+", "-q", 1, "-d")
        listener.wait_for_line("^Subscribed")
        running = subprocess.Popen([program("mqpub"), "-p", str(self.recorder.port), "-t", "lines/x", "-q", "1",
                                    "-l", "-i", "liner", "-c"], stdin=subprocess.PIPE)
        self.addCleanup(running.kill)
        for number in range(3):
            running.stdin.write(b"line %d\n" % number)
            running.stdin.flush()
            listener.wait_for_line(f"^line {number}$")
            self.recorder.cut()
        running.stdin.write(b"last")
        running.stdin.close()
        self.assertEqual(running.wait(DEADLINE_S), 0)
        listener.wait_for_line("^last$")
        self.recorder.take()

    def test_time_limit(self):
        covers("27", (SUB, RR))
        covers("255", (SUB,))
        for which in (SUB, RR):
            covers("-W", (which,))
        silent = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(silent.close)
        self.assertEqual(self.both(SUB, "-t", "none", "-W", "1").code, 27)
        self.assertEqual(self.both(RR, "-t", "none", "-e", "nowhere", "-n", "-W", "1").code, 27)
        for which in (SUB, RR):
            self.both(which, *WORK[which], "-W", "1", port=silent.getsockname()[1], packets=False)
            self.assertEqual(self.both(which, *WORK[which], "-W", "0").code, 1)

    def test_signals(self):
        for version in ("311", "5"):
            for number in (signal.SIGINT, signal.SIGTERM):
                seen = []
                for ours in (False, True):
                    running = self.start_sub(ours, "-p", self.recorder.port, "-t", "none", "-d", "-i",
                                             "me", "-V", version)
                    running.wait_for_line("^Subscribed")
                    running.signal(number)
                    # Theirs may print a line again when the signal comes while it does.
                    seen.append((running.wait(), list(dict.fromkeys(running.lines)), self.recorder.take()))
                self.assertEqual(seen[0], seen[1])

    def test_debug(self):
        covers("-d, --debug")
        for which in ALL:
            for more in ((), ("-q", "2"), ("-V", "5", "-q", "1")):
                if which != RR:
                    self.both(which, *WORK[which], "-d", "-i", "me", *more)
                    continue
                theirs = self.run_one(RR, False, [*WORK[RR], "-d", "-i", "me", *more])
                ours = self.run_one(RR, True, [*WORK[RR], "-d", "-i", "me", *more])
                self.assertEqual(theirs.out + b"Client me sending DISCONNECT\n", ours.out)

    def test_quiet(self):
        covers("--quiet")
        for which in ALL:
            done = self.both(which, *WORK[which], "--quiet", "-V", "5", port=self.ports["login"],
                             packets=False)
            self.assertEqual(done.err, b"")
            done = self.both(which, *WORK[which], "--quiet", "-h", "no-such-host.invalid", packets=False)
            self.assertEqual((done.code, done.err), (1, b""))
            self.assertIn(b"-q", self.ours(which, *WORK[which], "--quiet", "-q", "9", code=1).err)

    def test_help_and_version(self):
        covers("--help")
        covers("--version")
        for which in ALL:
            helped = self.ours(which, "--help", code=1)
            theirs = self.run_one(which, False, ["--help"])
            self.assertEqual(theirs.code, 1)
            self.assertTrue(all(len(line) <= 80 for line in helped.out.splitlines()))
            examples = helped.out.split(b"Examples:\n")[1].splitlines()
            self.assertEqual(len(examples), 3)
            for spelling in set(re.findall(rb"(?:^| )(--[a-z0-9-]+)", theirs.out)):
                self.assertIn(spelling, helped.out)
            version = self.ours(which, "--version", code=1)
            self.assertEqual(self.run_one(which, False, ["--version"]).code, 1)
            self.assertRegex(version.out, rb"^mq\w+ version \S+ running on libmosquitto \S+\.\n$")

    def test_options_files(self):
        for name in ("$XDG_CONFIG_HOME/<program>", "$HOME/.config/<program>", "XDG_CONFIG_HOME, HOME"):
            covers(name)
        covers("-o")
        for which in ALL:
            rest = "\n".join(f"{one} {two}" for one, two in zip(WORK[which][::2], WORK[which][1::2]))
            text = f"# comment\n-i from the file\n{rest}\n--will-topic w\n"
            with tempfile.TemporaryDirectory() as folder:
                home = pathlib.Path(folder)
                (home / ".config").mkdir()
                path = home / ".config" / which
                path.write_text(text)
                self.assertEqual(self.both(which, home=home).code, 0)
                self.assertEqual(self.both(which, "-i", "line", home=home).code, 0)
                config = {"XDG_CONFIG_HOME": str(home / ".config")}
                self.assertEqual(self.both(which, environment=config).code, 0)
                for wrong in ("nonsense\n", "-q 3\n", "--nonsense\n", "-k\n"):
                    path.write_text(text + wrong)
                    self.assertEqual(self.both(which, home=home).code, 1)
                path.unlink()
                self.both(which, *WORK[which], home=home)
                other = home / "other options"
                other.write_text(text)
                done = self.ours(which, "-o", other)
                self.assertIn("from the file", str(done.packets))
                self.ours(which, "-o", other, "-o", other, code=1)
                self.ours(which, "-o", home / "nothing", code=1)
                (home / ".config" / OURS[which]).write_text(text)
                self.assertIn("from the file", str(self.ours(which, home=home).packets))


class Environment(Case):
    """Variables say what neither the command line nor the options file says."""

    def by(self, which, variables, *arguments, file="", code=0):
        """Our program without an option about the broker: what it has sent, or why it has not."""
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "options"
            path.write_text(file)
            done = self.ours(which, *WORK[which], "-o", path, *arguments, port=0, code=code,
                             environment={name: str(value) for name, value in variables.items()})
        sent = self.recorder.take()
        return sent[0] if sent else done.err.decode()

    def test_each_variable(self):
        here, away = self.recorder.port, free_port()
        login = {"MQTT_HOST": "127.0.0.1", "MQTT_PORT": here, "MQTT_USERNAME": "anna", "MQTT_PASSWORD": "pw",
                 "MQTT_CLIENT_ID": "by variable"}
        seen = {"MQTT_USERNAME": "anna", "MQTT_PASSWORD": "pw", "MQTT_CLIENT_ID": "by variable"}
        # What wins over the variable, with a value of the variable that would show.
        other = {"MQTT_HOST": ("-h 127.0.0.1", "no-such-host.invalid"), "MQTT_PORT": (f"-p {here}", "no number"),
                 "MQTT_USERNAME": ("-u berta", "anna"), "MQTT_PASSWORD": ("-P other", "pw"),
                 "MQTT_CLIENT_ID": ("-i by-option", "by variable"),
                 "MQTT_CAFILE": ("--capath /etc/ssl/certs\n--no-tls", "/nonexistent"),
                 "MQTT_URL": ("-h 127.0.0.1", f"mqtt://hidden@127.0.0.1:{away}/url")}
        for which in ALL:
            told = self.ours(which, "--help", code=1).out.decode()
            listed = re.findall(r"\bMQTT_\w+", told.partition("\nEnvironment")[2])
            self.assertEqual(sorted(listed), sorted(other))
            connect = self.by(which, login)[0]
            for text in seen.values():
                self.assertIn(text, connect)
            for name, (option, value) in other.items():
                for words, file in (((), option), (option.split(), "")):
                    with self.subTest(program=which, variable=name, file=file):
                        connect = self.by(which, {**login, name: value}, *words, file=file)[0]
                        self.assertNotIn("hidden", connect)
                        if name in seen:
                            self.assertNotIn(seen[name], connect)
                            self.assertIn(option.split()[1], connect)

    def test_a_url(self):
        url = f"mqtt://anna:pw@127.0.0.1:{self.recorder.port}"
        for which in ALL:
            for topic in ("", "/", "/not/this"):
                sent = self.by(which, {"MQTT_URL": url + topic})
                self.assertIn("anna\\x00\\x02pw", sent[0])
                self.assertNotIn("not/this", str(sent))
        done = self.ours(PUB, "-m", "x", port=0, environment={"MQTT_URL": url + "/from/url"})
        self.assertIn("from/url", str(self.recorder.take()), done.err)

    def test_authorities(self):
        tls = {"MQTT_HOST": "localhost", "MQTT_PORT": self.ports["tls"]}
        for which in ALL:
            self.by(which, {**tls, "MQTT_CAFILE": self.authority.certificate})
            self.by(which, {**tls, "MQTT_CAFILE": "/nonexistent"}, "--cafile", self.authority.certificate)

    def test_mistakes_name_the_variable(self):
        for which in ALL:
            for name, value in (("MQTT_PORT", "tcp://10.0.0.1:1883"), ("MQTT_PORT", "65536"),
                                ("MQTT_CLIENT_ID", "a\x01"), ("MQTT_USERNAME", "a\x01"),
                                ("MQTT_CAFILE", "/nonexistent"), ("MQTT_URL", "http://h")):
                told = self.by(which, {name: value}, code=1)
                self.assertRegex(told, f"^{OURS[which]}: {name}: ")

    def test_the_other_programs(self):
        there = {"MQTT_HOST": "127.0.0.1", "MQTT_PORT": str(self.recorder.port), "MQTT_CLIENT_ID": "by variable",
                 "MQTT_PASSWORD": "pw"}

        def sent(*command, **variables):
            done = subprocess.run([program(command[0]), *command[1:]], capture_output=True, check=False,
                                  timeout=DEADLINE_S, env={"HOME": "/nonexistent", **there, **variables})
            return str(self.recorder.take()), done.stderr.decode()
        load = ("mqbench", "connect", "--duration", "1", "--warm-up", "0", "--rate", "5", "-V", "5")
        self.assertIn("mqbench-", sent(*load)[0])
        self.assertNotIn("by variable", sent(*load)[0])
        self.assertRegex(sent(*load, MQTT_PORT="x")[1], "^mqbench: MQTT_PORT: ")
        self.assertIn("by variable", sent("mqctl", "-u", "anna", "-W", "1", "listeners")[0])
        self.assertRegex(sent("mqctl", "-u", "anna", "listeners", MQTT_PORT="x")[1], "^mqctl: MQTT_PORT: ")
        self.assertEqual(sent("mqctl", "--socket", "/nonexistent/socket", "listeners", MQTT_PORT="x")[0], "[]")


class Beyond(Case):
    """What Debian's programs do not have."""

    def test_password_sources(self):
        login = self.ports["login"]
        path = self.place.folder / "anna.pw"
        path.write_text("pw\nmore\n")
        for which in ALL:
            who = [*WORK[which], "-u", "anna"]
            self.ours(which, *who, "--pw-file", path, port=login)
            self.ours(which, *who, "--pw-stdin", text=b"pw\n", port=login)
            self.ours(which, *who, "--pw-env", "PW", environment={"PW": "pw"}, port=login)
            self.ours(which, *who, "--pw-stdin", text=b"wrong\n", port=login, code=5 if which != RR else 135)
            self.ours(which, *who, "--pw-file", "/nonexistent", port=login, code=1)
        self.ours(PUB, "-t", "out/x", "-u", "anna", "--pw-stdin", "-s", text=b"pw\nrest", port=login)

    def test_password_of_a_terminal(self):
        with Terminal([program("mqsub"), "-p", self.ports["login"], "-t", "x", "-E", "-u", "anna",
                       "--pw-stdin"]) as terminal:
            terminal.wait_for("Password: ")
            terminal.type_secret("pw")
            self.assertEqual(terminal.finish(), 0)
            self.assertNotIn("pw", terminal.shown)

    def test_json_lines(self):
        for payload, kind, value in ((b'{"a": 1}', "json", {"a": 1}), (b"text", "text", "text"),
                                     (b"\xff\xfe", "base64", "//4="), (b"a\0b", "text", "a\0b"),
                                     (b"", "text", "")):
            self.feeder.publishes("lines/x", b"x" if payload == b"" else payload, retain=True)
            if payload == b"":
                continue
            done = self.ours(SUB, "-t", "lines/x", "-C", "1", "--json", "-q", "1")
            line = json.loads(done.out)
            self.assertEqual((line["topic"], line["qos"], line["retain"], line["payload_is"]),
                             ("lines/x", 1, True, kind))
            self.assertEqual(line["payload_base64" if kind == "base64" else "payload"], value)
            self.assertEqual(done.out.count(b"\n"), 1)

    def test_terminal(self):
        self.feeder.publishes("screen/x", b"clear \x1b[2J", retain=True)
        environment = {**os.environ, "TERM": "xterm", "HOME": str(self.place.folder)}
        command = [program("mqsub"), "-p", self.place.port, "-t", "screen/x", "-C", 1, "-v"]
        with Terminal(command, env=environment) as terminal:
            self.assertEqual(terminal.finish(), 0)
            self.assertIn("\x1b[36mscreen/x\x1b[0m clear \\x1b[2J", terminal.shown)
        with Terminal(command, env={**environment, "NO_COLOR": "1"}) as terminal:
            self.assertEqual(terminal.finish(), 0)
            self.assertIn("screen/x clear \\x1b[2J", terminal.shown)
        self.assertEqual(self.ours(SUB, *command[3:]).out, b"screen/x clear \x1b[2J\n")

    def test_progress(self):
        done = self.ours(PUB, "-t", "out/x", "-l", "--progress", text=b"a\n" * 500)
        self.assertRegex(done.err, rb"^0\.0 MB, 500 messages, \d+ a second\n$")
        self.assertEqual(self.ours(PUB, "-t", "out/x", "-m", "x", "--progress").err, b"")

    def test_names_of_mosquitto(self):
        with tempfile.TemporaryDirectory() as folder:
            link = pathlib.Path(folder) / "mosquitto_pub"
            link.symlink_to(program("mqpub"))
            done = subprocess.run([link, "-p", str(self.place.port), "-t", "out/x", "-m", "x"], check=False)
            self.assertEqual(done.returncode, 0)

    def test_a_reader_that_goes_ends_it(self):
        running = subprocess.Popen([program("mqsub"), "-p", str(self.recorder.port), "-t", "in/x"],
                                   stdout=subprocess.PIPE)
        self.addCleanup(running.kill)
        running.stdout.readline()
        running.stdout.close()
        self.feeder.publishes("in/x", b"payload", retain=True)
        self.assertEqual(running.wait(DEADLINE_S), -signal.SIGPIPE)


class WholeTable(unittest.TestCase):
    def test_every_row_has_a_test(self):
        """Runs last, by its name; the cases have noted what they cover."""
        with open(HERE / "options.tsv", encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
        self.assertGreater(len(rows), 100)
        missing = [f"{one}: {row['name']}" for row in rows for one in row["program"].split()
                   if row["name"] not in COVERED[one]]
        self.assertEqual(missing, [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
