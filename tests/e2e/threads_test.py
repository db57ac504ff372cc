"""Clients on four threads: what one publishes reaches the others as if there were one."""

import unittest

from mqtest.case import BrokerCase

THREADS = ["threads 4", "threads_placement spread"]
SESSION = {"clean": False, "session_expiry_interval": 3600}


class Threads(BrokerCase):
    def start_threads(self, *lines):
        return self.start(*THREADS, "log_type all", *lines)

    @staticmethod
    def publish(writer, topic, payload, qos):
        """To its end: QoS 2 needs PUBREL."""
        if qos == 0:
            writer.sends_publish(topic, payload)
            return
        packet_id = writer.sends_publish(topic, payload, qos)
        writer.next_packet()
        if qos == 2:
            writer.send(b"\x62\x02" + packet_id.to_bytes(2, "big"))
            writer.next_packet()

    def test_each_message_reaches_all_threads_once_and_in_order(self):
        self.start_threads()
        for qos in (0, 1, 2):
            with self.subTest(qos=qos):
                readers = [self.peer(f"r{qos}-{number}") for number in range(4)]
                writers = [self.peer(f"w{qos}-{number}") for number in range(4)]
                for reader in readers:
                    reader.subscribes("all/#", 0)
                for number in range(50):
                    for index, writer in enumerate(writers):
                        self.publish(writer, f"all/{index}", b"%d" % number, qos)
                for reader in readers:
                    got = [[] for _ in writers]
                    while sum(map(len, got)) < 200:
                        one = reader.next_publish()
                        got[int(one.topic[4:])].append(int(one.payload))
                    self.assertEqual(got, [list(range(50))] * 4)

    def test_a_session_comes_along_with_what_waits_for_it(self):
        self.start_threads()
        writer = self.peer("w")
        for _ in range(5):  # so that the thread changes each time
            reader = self.peer("r", **SESSION)
            reader.subscribes("t", 1)
            reader.disconnects()
            for number in range(10):
                writer.publishes("t", b"%d" % number)
            reader = self.peer("r", **SESSION)
            self.assertTrue(reader.connack.session_present)
            for number in range(10):
                one = reader.next_publish()
                self.assertEqual(one.payload, b"%d" % number)
                reader.acknowledges(one.packet_id)
            reader.pings()
            reader.disconnects()
            self.peer()

    def test_a_client_takes_its_session_over_from_another_thread(self):
        self.start_threads()
        before = self.peer("c", **SESSION)
        for _ in range(9):
            now = self.peer("c", **SESSION)
            self.assertEqual(before.ends_with(), 0x8E)
            before = now

    def test_what_is_retained_is_there_once_it_is_acknowledged(self):
        self.start_threads()
        writers = [self.peer() for _ in range(4)]
        for number in range(40):
            topic = f"kept/{number}"
            self.assertIn(writers[number % 4].publishes(topic, b"x", retain=True), (0, 0x10))
            reader = self.peer()
            reader.subscribes(topic)
            self.assertEqual(reader.next_publish().payload, b"x")
            reader.close()

    def test_members_of_a_group_share_over_threads(self):
        self.start_threads()
        members = [self.peer(f"m{number}") for number in range(4)]
        for member in members:
            member.subscribes("$share/g/t")
        writer = self.peer("w")
        for number in range(40):
            writer.publishes("t", b"%d" % number)
        got = [member.next_publish().payload for member in members for _ in range(10)]
        self.assertEqual(sorted(got), sorted(b"%d" % number for number in range(40)))

    def test_all_is_kept_over_a_restart(self):
        kept = ["persistence true", f"persistence_location {self.place.folder}/"]
        broker = self.start_threads(*kept)
        for number in range(8):
            self.away(f"r{number}", "t")
        writer = self.peer("w")
        for number in range(20):
            writer.publishes("t", b"%d" % number)
            writer.publishes(f"kept/{number}", b"x", retain=True)
        self.stop(broker)
        self.start_threads(*kept)
        for number in range(8):
            reader = self.peer(f"r{number}", version=4, clean=False)
            self.assertEqual([int(reader.next_publish().payload) for _ in range(20)],
                             list(range(20)))
        reader = self.peer()
        reader.subscribes("kept/+")
        self.assertEqual(len({reader.next_publish().topic for _ in range(20)}), 20)


if __name__ == "__main__":
    unittest.main(verbosity=2)
