"""Requests at $CONTROL/broker/v1, with Debian's clients: who has a rule is answered, nobody else."""

import json
import signal
import unittest

from mqtest.case import BrokerCase
from mqtest.clients import Client
from mqtest.ports import free_port

TOPIC = "$CONTROL/broker/v1"
RESPONSE = TOPIC + "/response"
RULES = f"user admin\ntopic write {TOPIC}\ntopic read {RESPONSE}\nuser other\ntopic #\n"


def request(*commands):
    return json.dumps({"commands": [{"command": name, "correlationData": str(number)}
                                    for number, name in enumerate(commands, 1)]})


class Control(BrokerCase):
    def setUp(self):
        super().setUp()
        self.acl = self.place.folder / "acl"
        self.acl.write_text(RULES, encoding="utf-8")

    def client(self, user, version="5.0"):
        return Client(self.port, version, user, None)

    def ask(self, message, version="5.0"):
        """What the broker answers the client `admin`."""
        answer = self.client("admin", version).request(TOPIC, message, RESPONSE)
        self.assertEqual(answer.returncode, 0, answer.stderr)
        return json.loads(answer.stdout)

    def test_commands_are_answered(self):
        web = free_port()
        self.start("enable_control_api true", f"acl_file {self.acl}",
                   f"listener {web}", "protocol websockets")
        for version in ("3.1.1", "5.0"):
            self.assertEqual(self.ask(request("listListeners", "listPlugins", "no"), version), {
                "responses": [
                    {"command": "listListeners", "correlationData": "1", "data": {"listeners": [
                        {"port": self.port, "protocol": "mqtt", "bind-address": "127.0.0.1",
                         "tls": False},
                        {"port": web, "protocol": "mqtt+websockets", "tls": False}]}},
                    {"command": "listPlugins", "correlationData": "2", "data": {"plugins": []}},
                    {"command": "no", "correlationData": "3", "error": "Unknown command"}]})

    def test_what_is_no_request_is_answered_with_an_error(self):
        self.start("enable_control_api true", f"acl_file {self.acl}")
        for message, error in (("{", "Payload not valid JSON"), ("{}", "Invalid/missing commands"),
                               ("[" * 100_000, "Payload not valid JSON")):
            self.assertEqual(self.ask(message), {"responses": [
                {"command": "Unknown command", "error": error}]})

    def test_who_has_no_rule_is_refused(self):
        self.start("enable_control_api true", f"acl_file {self.acl}")
        other = self.peer("o", user="other")
        other.subscribes("$CONTROL/#")
        self.assertEqual(other.publishes(TOPIC, request("listPlugins").encode()), 0x87)
        self.ask(request("listPlugins"))
        self.assertEqual(other.pings(), [])

    def test_without_an_acl_file_everybody_is_refused(self):
        broker = self.start("enable_control_api true")
        broker.wait_for_log(r"Nobody may use the control interface")
        self.assertEqual(self.peer().publishes(TOPIC, request("listPlugins").encode()), 0x87)

    def test_a_reload_turns_it_on_and_off(self):
        broker = self.start(f"acl_file {self.acl}", "log_type all")
        before = self.place.configuration.read_text(encoding="utf-8")
        peer = self.peer("p", user="admin")
        self.assertEqual(peer.publishes(TOPIC, b"{}"), 0x90)
        for value, code in (("true", 0), ("false", 0x90)):
            seen = len(broker.lines)
            self.place.configuration.write_text(before + f"enable_control_api {value}\n",
                                                encoding="utf-8")
            broker.signal(signal.SIGHUP)
            broker.wait_for_log(r"Config reloaded", start=seen)
            self.assertEqual(peer.publishes(TOPIC, b"{}"), code)


if __name__ == "__main__":
    unittest.main(verbosity=2)
