"""Paho for Python as a client whose events a test waits for."""

import itertools
import queue

import paho.mqtt.client as paho
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from . import DEADLINE_S
from .broker import PASSWORD, USER

VERSIONS = {"3.1": paho.MQTTv31, "3.1.1": paho.MQTTv311, "5.0": paho.MQTTv5}


class Session:
    """A connected Paho client; what happens to it comes out of queues."""

    _numbers = itertools.count()

    def __init__(self, place, version="5.0", transport="tcp", user=USER, password=PASSWORD,
                 name=None, expiry=None, clean=True):
        self.connected, self.arrived, self.done, self.lost = (queue.Queue() for _ in range(4))
        self.version = version
        name = name or f"paho-{next(self._numbers)}"
        options = {} if version == "5.0" else {"clean_session": clean}
        self.client = paho.Client(name, protocol=VERSIONS[version], transport=transport, **options)
        if user is not None:
            self.client.username_pw_set(user, password)
        self.client.on_connect = lambda *a: self.connected.put((a[2], a[3]))
        self.client.on_message = lambda _c, _u, message: self.arrived.put(message)
        self.client.on_publish = lambda _c, _u, mid: self.done.put(("publish", mid))
        self.client.on_subscribe = lambda *a: self.done.put(("subscribe", a[2], a[3]))
        self.client.on_unsubscribe = lambda *a: self.done.put(("unsubscribe", a[2]))
        self.client.on_disconnect = lambda *a: self.lost.put(a[2])
        self.place, self.transport, self.clean, self.expiry = place, transport, clean, expiry

    def connect(self):
        options = {}
        if self.version == "5.0":
            properties = Properties(PacketTypes.CONNECT)
            if self.expiry is not None:
                properties.SessionExpiryInterval = self.expiry
            options = {"clean_start": self.clean, "properties": properties}
        port = self.place.port if self.transport == "tcp" else self.place.ws_port
        self.client.connect("127.0.0.1", port, keepalive=60, **options)
        self.client.loop_start()
        flags, code = self.connected.get(timeout=DEADLINE_S)
        self.session_present = flags["session present"]
        return getattr(code, "value", code)

    def subscribe(self, topic, qos=0, **more):
        code, mid = self.client.subscribe(topic, qos, **more)
        assert code == paho.MQTT_ERR_SUCCESS
        while True:
            event = self.done.get(timeout=DEADLINE_S)
            if event[:2] == ("subscribe", mid):
                return [getattr(granted, "value", granted) for granted in event[2]]

    def publish(self, topic, payload, qos=0, retain=False, properties=None):
        info = self.client.publish(topic, payload, qos, retain, properties)
        info.wait_for_publish(DEADLINE_S)
        assert info.is_published(), "never acknowledged"

    def message(self):
        return self.arrived.get(timeout=DEADLINE_S)

    def close(self):
        self.client.disconnect()
        self.client.loop_stop()

    def vanish(self):
        """Goes away without DISCONNECT."""
        self.client.loop_stop()
        self.client._sock_close()  # Paho has no public way to drop a connection

    def __enter__(self):
        code = self.connect()
        assert code == 0, f"refused with {code}"
        return self

    def __exit__(self, *_):
        self.close()
