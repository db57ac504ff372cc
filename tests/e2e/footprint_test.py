"""What the broker takes while it does little: memory, address space, wake-ups.

MQ_IDLE_SECONDS in the environment makes the look at an idle broker longer (default: 5 s).
"""

import os
import re
import resource
import subprocess
import unittest

from mqtest.case import BrokerCase
from mqtest.process import wait_until
from mqtest.programs import debian
from mqtest.wire import PING

ADDRESS_SPACE_KIB = 25_000
IDLE_S = float(os.environ.get("MQ_IDLE_SECONDS", "5"))
CLIENTS = 1_000


def resident_kib(broker):
    with open(f"/proc/{broker.pid}/status", encoding="ascii") as status:
        return int(re.search(r"VmRSS:\s*(\d+)", status.read()).group(1))


class Trace:
    """strace on all threads of a broker, from the constructor to `calls`."""

    def __init__(self, broker, file):
        self.file = file
        self.child = subprocess.Popen(
            [debian("strace"), "-f", "-q", "-o", str(file), "-p", str(broker.pid)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        threads = len(os.listdir(f"/proc/{broker.pid}/task"))
        wait_until(lambda: self._traced(broker) == threads, "strace looks at every thread")

    @staticmethod
    def _traced(broker):
        count = 0
        for thread in os.listdir(f"/proc/{broker.pid}/task"):
            with open(f"/proc/{broker.pid}/task/{thread}/status", encoding="ascii") as status:
                count += "TracerPid:\t0\n" not in status.read()
        return count

    def calls(self):
        """The system calls since then, without those that have waited all the time."""
        self.child.terminate()
        self.child.wait()
        lines = self.file.read_text(encoding="utf-8").splitlines()
        return [line for line in lines if not line.endswith(("<detached ...>", "<unfinished ...>"))
                and "restart_syscall(<... resuming" not in line]


class Footprint(BrokerCase):
    def test_the_default_configuration_serves_in_little_address_space(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE_KIB * 1024,) * 2)

        broker = self.start("persistence true", f"persistence_location {self.place.folder}/",
                            preexec_fn=limit)
        reader = self.peer("reader", clean=False, session_expiry_interval=1000)
        reader.subscribes("t/#", 1)
        writer = self.peer("writer")
        for number in range(200):
            writer.publishes("t/x", b"%d" % number)
            one = reader.next_publish()
            self.assertEqual(one.payload, b"%d" % number)
            reader.acknowledges(one.packet_id)
        writer.publishes("t/kept", b"kept", retain=True)
        others = [self.peer(f"other-{number}") for number in range(100)]
        self.assertEqual(others[-1].subscribes("t/kept", 0), 0)
        self.assertEqual(others[-1].next_publish().payload, b"kept")
        self.stop(broker)
        broker = self.start("persistence true", f"persistence_location {self.place.folder}/",
                            preexec_fn=limit)
        again = self.peer("reader", clean=False, session_expiry_interval=1000)
        self.assertTrue(again.connack.session_present)
        self.stop(broker)

    def test_without_memory_it_ends_with_a_word(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_AS, (60_000 * 1024,) * 2)

        for threads in (1, 2):
            broker = self.start(f"threads {threads}", "threads_placement spread", preexec_fn=limit)
            try:
                for number in range(200):
                    writer = self.peer(f"writer-{number}")
                    for topic in range(100):
                        writer.publishes(f"kept/{number}/{topic}", bytes(20_000), 1, retain=True)
            except (OSError, AssertionError, EOFError):
                pass  # the broker is gone
            self.assertEqual(broker.wait(), 1)
            self.assertRegex(broker.output, r"(?m)^\d+: Error: out of memory")

    def test_idle_clients_wake_nobody_up(self):
        broker = self.start("persistence true", f"persistence_location {self.place.folder}/")
        clients = [self.peer(f"idle-{number}", keep_alive_s=600) for number in range(CLIENTS)]
        for number, client in enumerate(clients):
            client.subscribes(f"idle/{number}/state")
        self.settle(broker, clients[0])
        trace = Trace(broker, self.place.folder / "idle.trace")
        self.pause(IDLE_S)
        self.assertEqual(trace.calls(), [])

        trace = Trace(broker, self.place.folder / "pings.trace")
        for client in clients:
            client.pings()
        self.pause(IDLE_S)
        calls = trace.calls()
        wake_ups = [line for line in calls if "epoll_wait" in line and "= 0" not in line]
        print(f"{len(calls) / CLIENTS:.1f} system calls a ping")
        self.assertLessEqual(len(wake_ups), 2.1 * CLIENTS)
        self.assertLessEqual(len(calls), 8 * CLIENTS)
        self.assertFalse([line for line in calls if re.search(r"nanosleep|futex\(.*TIMEOUT", line)])

    def settle(self, broker, client):
        """Until what connecting has left behind is done: buffers, a first commit, deadlines."""
        self.pause(7)
        client.pings()
        self.pause(1)
        self.assertIsNone(broker.child.poll())

    @staticmethod
    def pause(seconds):
        """There is no event to wait for: it is that nothing happens that is looked at."""
        subprocess.run(["sleep", str(seconds)], check=True)

    def test_memory_goes_back_after_a_burst(self):
        broker = self.start("max_queued_messages 0", "max_inflight_messages 0")
        writer = self.peer("writer")
        writer.publishes("warm/up", b"x")
        before = resident_kib(broker)
        for name in ("a", "b", "c", "d"):
            self.away(name, "burst/#")
        for _ in range(40):
            for _ in range(100):
                writer.sends_publish("burst/x", bytes(10_000), 1)
            for _ in range(100):
                writer.next_packet()
        at_most = resident_kib(broker)
        self.assertGreater(at_most - before, 30_000)
        for name in ("a", "b", "c", "d"):
            self.peer(name, version=4, clean=True).disconnects()
        wait_until(lambda: resident_kib(broker) - before < 3_000, "the memory goes back")
        print(f"{before} KiB before, {at_most} at most, {resident_kib(broker)} after")

    def test_memory_goes_back_when_clients_leave(self):
        broker = self.start()
        writer = self.peer("writer")
        before = resident_kib(broker)
        for _ in range(3):
            clients = [self.peer(f"guest-{number}") for number in range(2 * CLIENTS)]
            for number, client in enumerate(clients):
                client.subscribes(f"guests/{number}/state")
            for client in clients:
                client.disconnects()
        writer.pings()
        wait_until(lambda: resident_kib(broker) - before < 1_500, "the memory goes back")


if __name__ == "__main__":
    unittest.main()
