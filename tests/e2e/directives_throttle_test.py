"""The directives `login_throttle...`: who guesses passwords is refused, by address and by user.

A PROXY protocol header gives each client the address that the test wants it to have.
"""

import unittest

from mqtest.broker import PASSWORD, USER
from mqtest.case import BrokerCase
from mqtest.peer import Peer
from mqtest.process import wait_until

NOT_AUTHORISED = 5
GUESSER, OTHER = "198.51.100.1", "203.0.113.1"


class Throttle(BrokerCase):
    def start_throttled(self, *lines):
        self.place.add_user()
        self.place.add_user("berta")
        return self.start(f"password_file {self.place.password_file}",
                          "login_throttle_slow_after 1000", *lines,
                          listener=["enable_proxy_protocol 1"])

    def code(self, address, user=USER, password=PASSWORD):
        """How a login from this address ends."""
        with Peer(self.port, version=4) as peer:
            peer.send(f"PROXY TCP4 {address} 127.0.0.1 4711 1883\r\n".encode())
            return peer.connects("c", user=user, password=password).code

    def guess(self, times, address=None, user=USER):
        for number in range(times):
            said = self.code(address or f"192.0.2.{number}", user, f"guess {number}")
            self.assertEqual(said, NOT_AUTHORISED)

    def test_login_throttle_address_failures(self):
        broker = self.start_throttled("login_throttle_address_failures 3")
        self.guess(2, GUESSER)
        self.assertEqual(self.code(GUESSER, "berta"), 0)
        self.guess(1, GUESSER)
        self.assertEqual(self.code(GUESSER), NOT_AUTHORISED)
        broker.wait_for_log(f"{GUESSER}.*too many")
        self.assertEqual(self.code(GUESSER, "berta"), 0, "who was there before")
        self.assertEqual(self.code(OTHER), 0)

    def test_login_throttle_user_failures(self):
        self.start_throttled("login_throttle_user_failures 3")
        self.guess(2)
        self.assertEqual(self.code(OTHER), 0)
        self.guess(1)
        self.assertEqual(self.code(GUESSER), NOT_AUTHORISED)
        self.assertEqual(self.code(OTHER), 0, "where the user was before")

    def test_login_throttle_refuse_time(self):
        self.start_throttled("login_throttle_user_failures 3", "login_throttle_refuse_time 1",
                             "login_throttle_window 1")
        self.guess(3)
        wait_until(lambda: self.code(GUESSER) == 0, "the user is let in again")

    def test_login_throttle(self):
        for value, expected in (("true", NOT_AUTHORISED), ("false", 0)):
            with self.subTest(value=value):
                broker = self.start_throttled("login_throttle_user_failures 3",
                                              f"login_throttle {value}")
                self.guess(5)
                self.assertEqual(self.code(GUESSER), expected)
                self.stop(broker)


if __name__ == "__main__":
    unittest.main(verbosity=2)
