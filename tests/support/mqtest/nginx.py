"""Debian's nginx in front of a broker's WebSocket port."""

from .ports import free_port
from .process import Process, wait_until
from .programs import debian
from .wire import answers

CONFIGURATION = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log stderr;
events {{ worker_connections 128; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    map $http_upgrade $connection_upgrade {{ default upgrade; '' close; }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://127.0.0.1:{broker_port};
            proxy_http_version 1.1;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $connection_upgrade;
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
            proxy_read_timeout {idle_s}s;
        }}
    }}
}}
"""


class Nginx(Process):
    """nginx in the foreground on a free port. It cuts a connection on which the broker has sent
    nothing for `idle_s` seconds."""

    def __init__(self, folder, broker_port, idle_s=60):
        self.port = free_port()
        configuration = folder / "nginx.conf"
        configuration.write_text(CONFIGURATION.format(
            folder=folder, port=self.port, broker_port=broker_port, idle_s=idle_s))
        super().__init__([debian("nginx"), "-p", folder, "-e", "stderr", "-c", configuration])
        try:
            wait_until(lambda: answers(self.port), "nginx")
        except AssertionError:
            self.kill()
            raise
