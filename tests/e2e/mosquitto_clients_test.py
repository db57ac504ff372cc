"""Debian's mosquitto_pub, mosquitto_sub and mosquitto_rr against the broker, unchanged."""

import functools
import signal
import unittest

from mqtest.broker import USER, Place
from mqtest.clients import VERSIONS, Client
from mqtest.process import Process, run, wait_until
from mqtest.programs import debian


def each_version(test):
    """Runs a test once a protocol version, each as a case of its own."""
    @functools.wraps(test)
    def run_all(self):
        for version in VERSIONS:
            with self.subTest(version=version):
                test(self, version)
    return run_all


class MosquittoClients(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = Place()
        cls.addClassCleanup(cls.place.remove)
        cls.place.add_user()
        cls.place.write_configuration(*cls.place.persistence_lines())
        cls.broker = cls.place.start()
        cls.addClassCleanup(cls.broker.kill)

    def client(self, version="3.1.1", **login):
        return Client(self.place.port, version, **login)

    @each_version
    def test_message_arrives_with_every_quality_of_service(self, version):
        for qos in (0, 1, 2):
            topic = f"qos/{version}/{qos}"
            with self.client(version).subscribe(topic, "-q", qos, count=1) as subscriber:
                self.client(version).publish_well(topic, "hello", "-q", qos)
                self.assertEqual(subscriber.finish(), [(topic, "hello", qos, 0)])

    @each_version
    def test_delivery_has_the_lower_quality_of_both_sides(self, version):
        for sent, wanted in ((2, 1), (1, 0), (0, 2)):
            topic = f"lower/{version}/{sent}{wanted}"
            with self.client(version).subscribe(topic, "-q", wanted, count=1) as subscriber:
                self.client(version).publish_well(topic, "x", "-q", sent)
                self.assertEqual(subscriber.finish()[0][2], min(sent, wanted))

    @each_version
    def test_versions_understand_each_other(self, version):
        topic = f"mixed/{version}"
        with self.client("5.0").subscribe(topic, "-q", 1, count=3) as subscriber:
            for index, sender in enumerate(VERSIONS):
                self.client(sender).publish_well(topic, str(index), "-q", 1)
            self.assertEqual([m[1] for m in subscriber.finish()], ["0", "1", "2"])

    @each_version
    def test_wildcards_choose_topics(self, version):
        root = f"wild/{version}"
        with self.client(version).subscribe(f"{root}/+/c/#", count=2) as subscriber:
            for name in (f"{root}/a/c", f"{root}/a/x", f"{root}/b/c/d/e"):
                self.client(version).publish_well(name, "m", "-q", 1)
            self.assertEqual([m[0] for m in subscriber.finish()],
                             [f"{root}/a/c", f"{root}/b/c/d/e"])

    @each_version
    def test_retained_message_comes_at_once_and_can_be_cleared(self, version):
        topic = f"retained/{version}"
        client = self.client(version)
        client.publish_well(topic, "kept", "-r", "-q", 1)
        self.assertEqual(client.fetch(topic, 1, "-q", 1), [(topic, "kept", 1, 1)])
        client.publish_well(topic, "", "-r", "-q", 1)
        # Cleared: what comes first now is the next live message, without the retain flag.
        with client.subscribe(topic, "-q", 1, count=1) as subscriber:
            client.publish_well(topic, "live", "-q", 1)
            self.assertEqual(subscriber.finish(), [(topic, "live", 1, 0)])

    @each_version
    def test_large_message_arrives_whole(self, version):
        text = "0123456789abcdef" * 6000
        with self.client(version).subscribe("large", "-q", 1, count=1) as subscriber:
            self.client(version).publish_well("large", text, "-q", 1)
            self.assertEqual(subscriber.finish()[0][1], text)

    @each_version
    def test_will_is_published_for_a_killed_client(self, version):
        topic = f"will/{version}"
        with self.client(version).subscribe(topic, "-q", 1, count=1) as watcher:
            dying = self.client(version).subscribe(
                "nothing", "--will-topic", topic, "--will-payload", "gone", "--will-qos", 1)
            dying.signal(signal.SIGKILL)
            self.assertEqual(watcher.finish(), [(topic, "gone", 1, 0)])
            dying.kill()

    @each_version
    def test_will_is_not_published_after_a_clean_disconnect(self, version):
        topic = f"nowill/{version}"
        with self.client(version).subscribe(topic, "-q", 1, count=1) as watcher:
            self.client(version).publish_well(
                "nothing", "x", "--will-topic", topic, "--will-payload", "gone")
            self.client(version).publish_well(topic, "next", "-q", 1)
            self.assertEqual([m[1] for m in watcher.finish()], ["next"])

    @each_version
    def test_offline_session_gets_its_queue(self, version):
        topic, name = f"offline/{version}", f"sleeper-{version}"
        session = ["-c", "-i", name, "-q", 1]
        if version == "5.0":
            session += ["-x", "3600"]
        client = self.client(version)
        first = client.subscribe(topic, *session)
        self.assertEqual(first.stop(), 0)
        for text in ("one", "two", "three"):
            client.publish_well(topic, text, "-q", 1)
        self.assertEqual([m[1] for m in client.fetch(topic, 3, *session)],
                         ["one", "two", "three"])

    def test_wrong_password_is_refused(self):
        for version, code in (("3.1", 5), ("3.1.1", 5), ("5.0", 135)):
            for login in ({"password": "wrong"}, {"user": "nobody"},
                          {"user": None, "password": None}):
                with self.subTest(version=version, login=login):
                    result = self.client(version, **login).publish("t", "m")
                    self.assertEqual(result.returncode, code, result.stderr)

    def test_refused_login_is_logged(self):
        start = len(self.broker.lines)
        self.client("5.0", password="wrong").publish("t", "m", "-i", "burglar")
        self.broker.wait_for_log("disconnected.*not authorised", start=start)

    def test_shared_subscription_spreads_messages(self):
        topic = "shared/work"
        group = f"$share/crew/{topic}"
        client = self.client("5.0")
        with client.subscribe(group, "-q", 1) as one, client.subscribe(group, "-q", 1) as two:
            for number in range(20):
                client.publish_well(topic, f"job{number}", "-q", 1)
            wait_until(lambda: len(one.messages() + two.messages()) >= 20, "20 jobs")
            payloads = sorted(m[1] for m in one.messages() + two.messages())
            self.assertEqual(payloads, sorted(f"job{n}" for n in range(20)))
            self.assertTrue(one.messages() and two.messages(), "one subscriber got everything")

    def test_request_and_response(self):
        with Process([debian("stdbuf"), "-oL", debian("mosquitto_sub"),
                      *map(str, self.client("5.0").options), "-t", "ask", "-d", "-C", "1",
                      "-F", "> %R %D %p"]) as responder:
            responder.wait_for_line(r"^Subscribed \(mid")
            with Process([debian("mosquitto_rr"), *map(str, self.client("5.0").options),
                          "-t", "ask", "-e", "answers/here", "-m", "question", "-W", "60",
                          "-D", "publish", "correlation-data", "c-17"]) as asker:
                line = responder.wait_for_line(r"^> answers/here .*question$")
                self.assertIn("c-17", line)
                self.client("5.0").publish_well("answers/here", "answer",
                                                "-D", "publish", "correlation-data", "c-17")
                self.assertEqual(asker.wait(), 0, asker.output)
                self.assertIn("answer", asker.output)

    def test_message_properties_pass(self):
        options = [debian("stdbuf"), "-oL", debian("mosquitto_sub"),
                   *map(str, self.client("5.0").options), "-t", "props", "-d", "-C", "1",
                   "-F", "> %P|%C|%F|%E"]
        with Process(options) as subscriber:
            subscriber.wait_for_line(r"^Subscribed \(mid")
            self.client("5.0").publish_well(
                "props", "x", "-D", "publish", "user-property", "colour", "green",
                "-D", "publish", "content-type", "text/plain",
                "-D", "publish", "payload-format-indicator", "1",
                "-D", "publish", "message-expiry-interval", "3600")
            self.assertEqual(subscriber.wait(), 0)
            line = subscriber.wait_for_line("^> ")
            self.assertRegex(line, r"^> colour:green\|text/plain\|1\|(3600|3599|35\d\d)$")

    def test_messages_between_clients_stay_in_order(self):
        client = self.client("3.1.1")
        with client.subscribe("order", "-q", 1, count=200) as subscriber:
            lines = "\n".join(str(n) for n in range(200))
            result = run([debian("mosquitto_pub"), *client.options, "-t", "order", "-q", "1", "-l"],
                         text_input=lines + "\n")
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertEqual([m[1] for m in subscriber.finish()], [str(n) for n in range(200)])

    def test_login_is_logged_with_client_and_user(self):
        start = len(self.broker.lines)
        self.client("3.1.1").publish_well("t", "m", "-i", "visitor")
        self.broker.wait_for_log(
            rf"New client connected from \S+ as visitor \(p\d, c1, k60, u'{USER}'\)\.", start=start)


if __name__ == "__main__":
    unittest.main(verbosity=2)
