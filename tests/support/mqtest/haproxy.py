"""Debian's HAProxy in front of a broker."""

from .ports import free_port
from .process import Process, wait_until
from .programs import debian
from .wire import answers


class HaProxy(Process):
    """HAProxy in the foreground. Each route is the options of its `bind` line, of its `server` line
    with the broker's port, and further lines; `ports` are where it listens, in that order."""

    def __init__(self, folder, *routes):
        self.ports = [free_port() for _ in routes]
        lines = ["defaults", "  mode tcp", "  timeout connect 50s", "  timeout client 50s",
                 "  timeout server 50s"]
        for port, (bind, broker_port, server, *more) in zip(self.ports, routes):
            lines += [f"listen on_{port}", f"  bind 127.0.0.1:{port} {bind}",
                      *(f"  {line}" for line in more),
                      f"  server broker 127.0.0.1:{broker_port} {server}"]
        configuration = folder / "haproxy.cfg"
        configuration.write_text("\n".join(lines) + "\n")
        super().__init__([debian("haproxy"), "-db", "-f", configuration])
        try:
            wait_until(lambda: all(map(answers, self.ports)), "HAProxy")
        except AssertionError:
            self.kill()
            raise
