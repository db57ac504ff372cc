"""Directives whose function is not there: the broker names them and does not start."""

import unittest

from mqtest.case import BrokerCase
from mqtest.process import run
from mqtest.programs import program

# A good value for each option of a bridge.
BRIDGE = {
    "address": "a.example:1883", "addresses": "a.example b.example:1884", "topic": "# both 2",
    "round_robin": "false", "start_type": "automatic", "idle_timeout": "60", "threshold": "10",
    "restart_timeout": "5 30", "keepalive_interval": "60", "bridge_bind_address": "127.0.0.1",
    "bridge_tcp_keepalive": "60 10 3", "bridge_tcp_user_timeout": "1000",
    "bridge_reload_type": "lazy", "bridge_protocol_version": "mqttv50",
    "bridge_attempt_unsubscribe": "true", "bridge_max_packet_size": "1000",
    "bridge_max_topic_alias": "10", "bridge_outgoing_retain": "true",
    "bridge_receive_maximum": "20", "bridge_session_expiry_interval": "60",
    "cleansession": "false", "local_cleansession": "false", "notifications": "true",
    "notifications_local_only": "false", "notification_topic": "state", "try_private": "true",
    "clientid": "c", "remote_clientid": "c", "username": "u", "remote_username": "u",
    "password": "p", "remote_password": "p", "local_clientid": "l", "local_username": "u",
    "local_password": "p", "bridge_alpn": "mqtt", "bridge_cafile": "a.pem", "bridge_capath": "a",
    "bridge_certfile": "c.pem", "bridge_keyfile": "k.pem", "bridge_ciphers": "HIGH",
    "bridge_ciphers_tls1.3": "TLS_AES_128_GCM_SHA256", "bridge_identity": "i",
    "bridge_psk": "00ff", "bridge_insecure": "false", "bridge_require_ocsp": "false",
    "bridge_tls_use_os_certs": "true", "bridge_tls_version": "tlsv1.3",
}
PLUGIN_OPTIONS = {"plugin_opt_file": "a", "auth_opt_file": "a",
                  "auth_plugin_deny_special_chars": "true"}
SINGLE = {"plugin": "a.so", "auth_plugin": "a.so", "global_plugin": "a.so",
          "plugin_load": "a a.so", "plugin_use": "a", "tls_engine": "pkcs11",
          "tls_engine_kpass_sha1": "0123456789abcdef0123456789abcdef01234567",
          "tls_keyform": "engine"}


class Refused(BrokerCase):
    def complaints(self, *lines):
        """What the broker says of this configuration, as {line number: text}."""
        path = self.place.configuration
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        result = run([program("mqbroker"), "-c", path])
        self.assertEqual(result.returncode, 3, result.stderr)
        said = result.stderr.splitlines()
        return {int(place.rsplit(":", 1)[1].rstrip(".")): text
                for text, place in zip(said, said[1:]) if place.startswith("Error found at")}

    def test_single_directives(self):
        lines = [f"{name} {value}" for name, value in SINGLE.items()]
        said = self.complaints(f"listener {self.port}", *lines)
        for number, name in enumerate(SINGLE, 2):
            self.assertIn(f"'{name}' is not available in this version", said[number])
        self.assertEqual(len(said), len(SINGLE))

    def test_options_of_bridges_are_read_but_their_block_is_refused(self):
        lines = [f"{name} {value}" for name, value in BRIDGE.items()]
        said = self.complaints("connection one", *lines)
        self.assertEqual(list(said), [1])
        self.assertIn("'connection' is not available in this version", said[1])
        said = self.complaints(*lines)
        for number, name in enumerate(BRIDGE, 1):
            self.assertIn(f"'{name}' needs a 'connection' line", said[number])

    def test_options_of_plugins_are_read_but_their_plugin_is_refused(self):
        lines = [f"{name} {value}" for name, value in PLUGIN_OPTIONS.items()]
        self.assertEqual(list(self.complaints("plugin a.so", *lines)), [1])
        said = self.complaints(*lines)
        for number, name in enumerate(PLUGIN_OPTIONS, 1):
            self.assertIn(f"'{name}' needs a 'plugin' line", said[number])

    def test_log_destinations_of_other_systems(self):
        said = self.complaints("log_dest dlt", "log_dest android")
        self.assertIn("'log_dest dlt' is not available", said[1])
        self.assertIn("'log_dest android' is not available", said[2])


if __name__ == "__main__":
    unittest.main(verbosity=2)
