"""Test cases with a broker on a configuration of a few lines."""

import os
import unittest

from .broker import Place
from .peer import Peer


class BrokerCase(unittest.TestCase):
    """Each test has a folder of its own; what it starts ends with it."""

    def setUp(self):
        self.place = Place()
        self.port = self.place.port
        self.peers = []
        self.addCleanup(self.place.remove)

    def start(self, *lines, listener=(), extra=(), **options):
        """A broker with one listener, open to all; `listener` lines are about that, `lines` not."""
        return self.start_with([f"listener {self.port} 127.0.0.1", *listener,
                                "allow_anonymous true", *lines], extra, **options)

    def start_with(self, lines, extra=(), **options):
        """A broker on exactly these lines; as root it stays root, so that it may write anywhere."""
        lines = list(lines)
        if os.geteuid() == 0 and not any(line.startswith("user ") for line in lines):
            lines.append("user root")
        self.place.configuration.write_text("\n".join(lines) + "\n", encoding="utf-8")
        broker = self.place.start(extra, **options)
        self.addCleanup(broker.kill)
        return broker

    def stop(self, broker):
        """Stops a broker whose clients have left: it waits a while for those that do not."""
        for peer in self.peers:
            peer.close()
        self.peers.clear()
        self.assertEqual(broker.stop(), 0)

    def peer(self, name="", port=None, version=5, **login):
        """A connected client."""
        peer, answer = self.tries(name, port, version, **login)
        self.assertIsNotNone(answer, "closed instead of CONNACK")
        self.assertEqual(answer.code, 0)
        peer.connack = answer
        return peer

    def tries(self, name="", port=None, version=5, **login):
        """A client and what it was answered."""
        peer = Peer(port or self.port, version)
        self.peers.append(peer)
        self.addCleanup(peer.close)
        return peer, peer.connects(name, **login)

    def away(self, name, topic_filter, qos=1):
        """Leaves a session with a subscription behind, without a client."""
        peer = self.peer(name, version=4, clean=False)
        self.assertEqual(peer.subscribes(topic_filter, qos), qos)
        peer.disconnects()
