"""A relay in front of a broker that writes down which packets its clients send."""

import contextlib
import re
import socket
import threading

NAMES = {1: "CONNECT", 3: "PUBLISH", 4: "PUBACK", 5: "PUBREC", 6: "PUBREL", 7: "PUBCOMP",
         8: "SUBSCRIBE", 10: "UNSUBSCRIBE", 12: "PINGREQ", 14: "DISCONNECT", 15: "AUTH"}

LENGTHS = {0x11: 5, 0x21: 3, 0x22: 3, 0x27: 5, 0x17: 2, 0x19: 2}  # bytes of a property of CONNECT


def ordered(connect):
    """A CONNECT whose properties are in order, and the two usual values of receive maximum left out."""
    if connect[6] != 5:
        return connect
    size, rest = connect[10], connect[11:]
    properties, found = rest[:size], []
    while properties:
        if properties[0] == 0x26:  # a user property: two texts
            length = 3 + int.from_bytes(properties[1:3], "big")
            length += 2 + int.from_bytes(properties[length:length + 2], "big")
        else:
            length = LENGTHS.get(properties[0], len(properties))
        found.append(properties[:length])
        properties = properties[length:]
    found = sorted(one for one in found if one not in (b"\x21\0\1", b"\x21\0\x14"))
    return connect[:10] + b"|" + b"".join(found) + b"|" + rest[size:]


def packets(data):
    """The packets that a client has sent, as text."""
    found = []
    while data:
        size, shift, at = 0, 0, 1
        while at < len(data):
            size |= (data[at] & 127) << shift
            shift += 7
            at += 1
            if data[at - 1] < 128:
                break
        body = data[at:at + size]
        name = NAMES.get(data[0] >> 4, hex(data[0] >> 4))
        # Identifiers that are made of the process id, or by chance, are not compared.
        text = re.sub(rb"(pid-)\d+", rb"\1N", body if name != "CONNECT" else ordered(body))
        text = re.sub(rb"mosq-\w{18}", b"mosq-X", text)
        found.append(f"{name} {data[0] & 15} {text!r}")
        data = data[at + size:]
    return found


class Recorder:
    """Listens on `port`; every connection is relayed to a broker on `target`."""

    def __init__(self, target):
        self.target = target
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.sent = []
        self.ended = threading.Condition()
        self.open = 0
        self.live = []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            with self.ended:
                self.open += 1
            threading.Thread(target=self._relay, args=(client,), daemon=True).start()

    def _relay(self, client):
        server = socket.create_connection(("127.0.0.1", self.target))
        self.live = [client, server]
        seen = bytearray()
        back = threading.Thread(target=self._copy, args=(server, client, None), daemon=True)
        back.start()
        self._copy(client, server, seen)
        back.join()
        client.close()
        server.close()
        with self.ended:
            self.sent.append(bytes(seen))
            self.open -= 1
            self.ended.notify_all()

    @staticmethod
    def _copy(source, target, seen):
        with contextlib.suppress(OSError):  # whoever has enough just goes
            while data := source.recv(65536):
                if seen is not None:
                    seen += data
                target.sendall(data)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)

    def cut(self):
        """Ends the connection that was made last, as a network does that breaks."""
        for one in self.live:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def take(self):
        """What the connections of the client that has ended have sent: a list of packets each."""
        with self.ended:
            assert self.ended.wait_for(lambda: self.open == 0, 30), "a connection stays open"
            sent, self.sent = self.sent, []
        return [packets(data) for data in sent]

    def close(self):
        self.listener.close()
