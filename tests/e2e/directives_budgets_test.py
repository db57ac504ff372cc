"""Directives about sums over all clients: what is refused or dropped at the limit, and that it is told."""

import unittest

from mqtest.case import BrokerCase

NO_SUBSCRIBERS, QUOTA_EXCEEDED = 0x10, 0x97


class Budgets(BrokerCase):
    def keep(self, peer, topic, payload):
        """Whether a retained message is taken."""
        code = peer.publishes(topic, payload, retain=True)
        self.assertIn(code, (0, NO_SUBSCRIBERS, QUOTA_EXCEEDED))
        return code != QUOTA_EXCEEDED

    def test_global_max_retained_messages(self):
        broker = self.start("global_max_retained_messages 2")
        peer = self.peer("greedy")
        self.assertEqual([self.keep(peer, topic, b"m") for topic in "aabc"],
                         [True, True, True, False])
        broker.wait_for_log("global_max_retained_messages is reached: client greedy")
        self.assertEqual([self.keep(peer, topic, payload) for topic, payload in
                          (("a", b""), ("c", b"m"))], [True, True])

    def test_global_max_retained_bytes(self):
        broker = self.start("global_max_retained_bytes 100")
        peer = self.peer("greedy")
        self.assertEqual([self.keep(peer, topic, b"x" * size) for topic, size in
                          (("a", 60), ("b", 41), ("b", 40), ("a", 60), ("a", 61))],
                         [True, False, True, True, False])
        broker.wait_for_log("global_max_retained_bytes is reached: client greedy")

    def test_global_max_subscriptions(self):
        broker = self.start("global_max_subscriptions 2")
        first, second = self.peer("first"), self.peer("second", version=4)
        self.assertEqual([first.subscribes("a"), second.subscribes("b"), first.subscribes("c"),
                          second.subscribes("d"), first.subscribes("a", 1)],
                         [0, 0, QUOTA_EXCEEDED, 0x80, 1])
        broker.wait_for_log("global_max_subscriptions is reached: client first")

    def test_global_max_queued_bytes(self):
        broker = self.start("global_max_queued_bytes 20000")
        self.away("a", "t")
        publisher = self.peer("p")
        for _ in range(50):
            publisher.publishes("t", b"x" * 1000)
        broker.wait_for_log("global_max_queued_bytes is reached: client a")
        waiting = len(self.peer("a", version=4, clean=False).pings())
        self.assertLess(waiting, 20)
        self.assertGreater(waiting, 10)

    def test_memory_limit(self):
        broker = self.start("memory_limit 1")
        answer = self.tries("greedy")[1]
        self.assertTrue(answer is None or answer.code >= 0x80, answer)
        broker.wait_for_log("memory_limit is reached")
        self.stop(broker)
        self.start("memory_limit 2000000000")
        self.peer("modest")


if __name__ == "__main__":
    unittest.main(verbosity=2)
