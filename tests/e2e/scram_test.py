"""Enhanced authentication of MQTT 5.0 by SCRAM-SHA-256, with password files of mqpasswd."""

import signal
import unittest

from mqtest.broker import Place
from mqtest.clients import Client
from mqtest.process import run
from mqtest.programs import program
from mqtest.scram import METHOD, ScramClient
from mqtest.wire import DATA, PING, Wire, auth, connect_v5, field, packet
from mqtest.wire import METHOD as METHOD_PROPERTY

CONNACK, AUTH, DISCONNECT, PUBLISH, SUBACK = 0x20, 0xF0, 0xE0, 0x30, 0x90
SUCCESS, GOES_ON, AGAIN = 0x00, 0x18, 0x19
PROTOCOL_ERROR, NOT_AUTHORIZED, BAD_METHOD = 0x82, 0x87, 0x8C
USER, PASSWORD = "anna", "correct horse, b\u00e4ttery = st\u00e4ple"


def properties_of(data):
    """Strings and binary data of a property list, by number; of the others, those with 1, 2 or 4
    bytes that CONNACK and AUTH have."""
    sizes = {0x11: 4, 0x13: 2, 0x21: 2, 0x22: 2, 0x24: 1, 0x25: 1, 0x27: 4, 0x28: 1, 0x29: 1,
             0x2A: 1}
    found, at = {}, 1
    assert data[0] == len(data) - 1 < 128, data
    while at < len(data):
        number = data[at]
        size = sizes.get(number)
        if size is None:
            size = int.from_bytes(data[at + 1:at + 3], "big")
            at += 2
        found[number] = data[at + 1:at + 1 + size]
        at += 1 + size
    return found


class Scram(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = Place()
        cls.addClassCleanup(cls.place.remove)
        cls.set_user(USER, PASSWORD, "-c")
        cls.set_user("a=b,c", "x")
        cls.place.add_user("old", "old")
        cls.place.write_configuration()
        cls.broker = cls.place.start()
        cls.addClassCleanup(cls.broker.kill)

    @classmethod
    def set_user(cls, user, password, *flags):
        result = run([program("mqpasswd"), *flags, "-H", "scram-sha-256", "-b",
                      cls.place.password_file, user, password])
        assert result.returncode == 0, result.stderr

    def wire(self):
        wire = Wire(self.place.port)
        self.addCleanup(wire.close)
        return wire

    def expect_auth(self, wire, code):
        """The data of an AUTH packet."""
        first, body = wire.receive_packet()
        self.assertEqual((first, body[:1]), (AUTH, bytes([code])), body)
        properties = properties_of(body[1:])
        self.assertEqual(properties[METHOD_PROPERTY], METHOD.encode())
        return properties[DATA]

    def begin(self, user, password, name="c", header="n,,", **more):
        """A connection that has told its proof."""
        wire, client = self.wire(), ScramClient(user, password, header)
        wire.send(connect_v5(name, METHOD, client.first(), **more))
        wire.send(auth(GOES_ON, METHOD, client.final(self.expect_auth(wire, GOES_ON))))
        return wire, client

    def logged_in(self, user=USER, password=PASSWORD, **more):
        wire, client = self.begin(user, password, **more)
        first, body = wire.receive_packet()
        self.assertEqual((first, body[1]), (CONNACK, SUCCESS), body)
        properties = properties_of(body[2:])
        self.assertEqual(properties[METHOD_PROPERTY], METHOD.encode())
        self.assertTrue(client.believes(properties[DATA]))
        return wire

    def expect_refusal(self, wire, code=NOT_AUTHORIZED, kind=CONNACK):
        first, body = wire.receive_packet()
        self.assertEqual((first, body[1 if kind == CONNACK else 0]), (kind, code), body)
        self.assertTrue(wire.is_closed_by_peer())

    # --- Login ---------------------------------------------------------------------------------
    def test_whoever_knows_the_password_is_in(self):
        wire = self.logged_in(name="proved")
        wire.send(PING)
        self.assertEqual(wire.receive_packet(), (0xD0, b""))
        self.broker.wait_for_log(r"as proved \(p5, c1, k0, u'anna'\)")
        self.logged_in("a=b,c", "x", header="y,,")
        self.logged_in(user=USER, name="named")

    def test_a_wrong_password_is_refused(self):
        wire, _ = self.begin(USER, "wrong", name="burglar")
        self.expect_refusal(wire)
        self.broker.wait_for_log(r"Login refused: .*user 'anna' client 'burglar': wrong password")

    def test_an_unknown_user_is_refused_like_a_known_one(self):
        wire, known = self.begin(USER, "wrong")
        self.expect_refusal(wire)
        salts = set()
        for user in ("nobody", "nobody", "old"):  # the last one has no SCRAM entry
            wire, unknown = self.begin(user, "wrong")
            self.expect_refusal(wire)
            self.assertEqual((len(unknown.salt), unknown.iterations),
                             (len(known.salt), known.iterations))
            salts.add(unknown.salt)
        self.assertEqual(len(salts), 2, "a name gets the same salt each time")

    def test_another_method_is_refused(self):
        for method in ("SCRAM-SHA-1", "scram-sha-256", "SCRAM-SHA-256-PLUS", "X"):
            wire = self.wire()
            wire.send(connect_v5("c", method, ScramClient(USER, PASSWORD).first()))
            self.expect_refusal(wire, BAD_METHOD)

    def test_broken_messages_are_refused(self):
        for first in (None, b"", b"n,,n=anna", b"p=tls-unique,,n=anna,r=abc", b"\xff" * 65535):
            wire = self.wire()
            wire.send(connect_v5("c", METHOD, first))
            self.expect_refusal(wire)

    def test_the_user_name_of_connect_must_be_the_same(self):
        self.logged_in(user=USER, name="same")
        wire, _ = self.begin(USER, PASSWORD, user_name=USER)
        self.assertEqual(wire.receive_packet()[1][1], SUCCESS)
        wire, _ = self.begin(USER, PASSWORD, user_name="old")
        self.expect_refusal(wire)

    def test_only_auth_may_come_before_connack(self):
        wire = self.wire()
        wire.send(connect_v5("c", METHOD, ScramClient(USER, PASSWORD).first()))
        self.expect_auth(wire, GOES_ON)
        wire.send(PING)
        self.expect_refusal(wire, PROTOCOL_ERROR)

    def test_the_password_itself_works_as_well(self):
        for version in ("3.1.1", "5.0"):
            Client(self.place.port, version, USER, PASSWORD).publish_well("t", "m")
            wrong = Client(self.place.port, version, USER, "wrong").publish("t", "m")
            self.assertNotEqual(wrong.returncode, 0)

    # --- Again on an open connection -----------------------------------------------------------
    def prove_again(self, wire, user, password, between=lambda: None):
        client = ScramClient(user, password)
        wire.send(auth(AGAIN, METHOD, client.first()))
        between()
        wire.send(auth(GOES_ON, METHOD, client.final(self.expect_auth(wire, GOES_ON))))
        return client

    def test_again_while_traffic_goes_on(self):
        wire = self.logged_in(name="again")
        wire.send(packet(0x82, b"\0\1\0" + field("echo") + b"\0"))
        self.assertEqual(wire.receive_packet()[0], SUBACK)
        client = self.prove_again(
            wire, USER, PASSWORD,
            lambda: wire.send(packet(PUBLISH, field("echo") + b"\0" + b"still here")))
        first, body = wire.receive_packet()
        self.assertEqual((first, body[-10:]), (PUBLISH, b"still here"))
        self.assertTrue(client.believes(self.expect_auth(wire, SUCCESS)))

    def test_again_with_a_wrong_password_ends_the_connection(self):
        wire = self.logged_in(name="wrong again")
        self.prove_again(wire, USER, "wrong")
        self.expect_refusal(wire, NOT_AUTHORIZED, DISCONNECT)

    def test_again_as_another_user_ends_the_connection(self):
        wire = self.logged_in(name="another again")
        self.prove_again(wire, "a=b,c", "x")
        self.expect_refusal(wire, NOT_AUTHORIZED, DISCONNECT)

    # --- Files ---------------------------------------------------------------------------------
    def reload(self):
        start = len(self.broker.lines)
        self.broker.signal(signal.SIGHUP)
        self.broker.wait_for_log("Config reloaded", start=start)

    def test_another_password_after_a_reload(self):
        self.set_user("moved", "before")
        self.reload()
        open_one = self.logged_in("moved", "before", name="open")
        late_one, client = self.wire(), ScramClient("moved", "before")
        late_one.send(connect_v5("late", METHOD, client.first()))
        challenge = self.expect_auth(late_one, GOES_ON)
        self.set_user("moved", "after")
        self.reload()
        self.expect_refusal(open_one, NOT_AUTHORIZED, DISCONNECT)
        late_one.send(auth(GOES_ON, METHOD, client.final(challenge)))
        self.expect_refusal(late_one)
        self.logged_in("moved", "after")
        self.expect_refusal(self.begin("moved", "before")[0])

    def test_without_an_entry_the_method_is_not_offered(self):
        place = Place()
        self.addCleanup(place.remove)
        place.add_user("old", "old")
        place.write_configuration()
        broker = place.start()
        self.addCleanup(broker.kill)
        with Wire(place.port) as wire:
            wire.send(connect_v5("c", METHOD, ScramClient("old", "old").first()))
            self.expect_refusal(wire, BAD_METHOD)


if __name__ == "__main__":
    unittest.main(verbosity=2)
