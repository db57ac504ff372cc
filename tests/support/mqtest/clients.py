"""Debian's mosquitto_pub, mosquitto_sub and mosquitto_rr."""

from . import DEADLINE_S
from .broker import PASSWORD, USER
from .process import Process, run
from .programs import debian

VERSIONS = {"3.1": "mqttv31", "3.1.1": "mqttv311", "5.0": "mqttv5"}


class Client:
    """Common options of the three programs: which broker, which version, which login."""

    def __init__(self, port, version="3.1.1", user=USER, password=PASSWORD, unix=None, more=()):
        place = ["-h", "127.0.0.1", "-p", port] if unix is None else ["--unix", unix]
        self.options = [*place, "-V", VERSIONS[version], *more]
        if user is not None:
            self.options += ["-u", user]
        if password is not None:
            self.options += ["-P", password]

    def publish(self, topic, message, *more):
        """Runs mosquitto_pub to its end; returns the finished process."""
        return run([debian("mosquitto_pub"), *self.options, "-t", topic, "-m", message, *more])

    def publish_well(self, topic, message, *more):
        result = self.publish(topic, message, *more)
        assert result.returncode == 0, f"mosquitto_pub: {result.returncode} {result.stderr}"

    def subscribe(self, topic, *more, count=None):
        """A mosquitto_sub whose subscription is acknowledged already."""
        counted = ["-C", count] if count is not None else []
        subscriber = Subscriber([debian("stdbuf"), "-oL", debian("mosquitto_sub"), *self.options,
                                 "-t", topic, "-d", "-F", "> %t|%p|%q|%r", *counted, *more])
        try:
            subscriber.wait_for_line(r"^Subscribed \(mid")
        except AssertionError:
            subscriber.kill()
            raise
        return subscriber

    def fetch(self, topic, count, *more):
        """The `count` messages that come on `topic`, as (topic, payload, qos, retain)."""
        result = run([debian("mosquitto_sub"), *self.options, "-t", topic, "-C", count,
                      "-W", int(DEADLINE_S), "-F", "> %t|%p|%q|%r", *more])
        assert result.returncode == 0, (
            f"mosquitto_sub: {result.returncode} {result.stderr}{result.stdout}")
        return messages(result.stdout.splitlines())

    def request(self, topic, message, answer_topic, *more):
        return run([debian("mosquitto_rr"), *self.options, "-t", topic, "-m", message,
                    "-e", answer_topic, "-W", int(DEADLINE_S), *more])


class Subscriber(Process):
    """A running mosquitto_sub."""

    def messages(self):
        return messages(self.lines)

    def wait_for_message(self, topic, payload):
        self.wait_for_line(f"^> {topic}\\|{payload}\\|")

    def finish(self):
        """Waits for its end (it counts messages) and returns them."""
        code = self.wait()
        assert code == 0, f"mosquitto_sub: {code}\n{self.output}"
        return self.messages()


def messages(lines):
    found = []
    for line in lines:
        if line.startswith("> "):
            topic, payload, qos, retain = line[2:].split("|")
            found.append((topic, payload, int(qos), int(retain)))
    return found
