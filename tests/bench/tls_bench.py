#!/usr/bin/python3 -B
"""Compares brokers by what TLS logins cost them and their other clients, by turns, on the loopback.

usage: tests/bench/tls_bench.py [-n ROUNDS] [--load PROGRAM] NAME=BROKER...

Every run gets a fresh broker with a certificate of RSA-2048. Printed are the median of each broker,
and the ratio of its figures to those of the last one in the same round: CPU time of a login with a
full handshake and with a resumed session, and of resumed ones to the last broker's full ones; then
a message each millisecond, alone and beside 100 logins a second.

Exit status: 0 all well; 1 something was lost, or not resumed; 2 cannot run.
"""

import argparse
import json
import os
import pathlib
import socket
import statistics
import subprocess
import sys
import tempfile
import time

SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "tests/support"))
from mqtest.ports import free_port  # noqa: E402 (found by the line above)

DEADLINE_S = 120
CONFIGURATION = """\
allow_anonymous true
persistence false
connection_messages false
log_dest stderr
log_type error
log_type warning
set_tcp_nodelay true
listener {port} 127.0.0.1
listener {tls} 127.0.0.1
certfile {folder}/cert.pem
keyfile {folder}/key.pem
"""
FIGURES = [("full", "broker_cpu_us_per_connect"), ("resumed", "broker_cpu_us_per_connect"),
           ("full", "p50_us"), ("full", "p99_us"), ("resumed", "p50_us"),
           ("beside", "p50_us_before"), ("beside", "p50_us_beside"),
           ("beside", "p99_us_before"), ("beside", "p99_us_beside"),
           ("beside", "login_p50_us"), ("beside", "login_p99_us")]


def wait_for(port):
    end = time.monotonic() + DEADLINE_S
    while time.monotonic() < end:
        try:
            return socket.create_connection(("127.0.0.1", port), DEADLINE_S).close()
        except ConnectionRefusedError:
            time.sleep(0.01)
    raise TimeoutError(f"nobody listens on port {port}")


def measure(broker, load, what, count):
    """One run with a fresh broker; what mqbench_tls says, and whether all was well."""
    port, tls = free_port(), free_port()
    with tempfile.TemporaryDirectory(prefix="mqhome-bench-") as folder:
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "90",
                        "-subj", "/CN=localhost", "-keyout", f"{folder}/key.pem",
                        "-out", f"{folder}/cert.pem"], check=True, stderr=subprocess.DEVNULL)
        text = CONFIGURATION.format(port=port, tls=tls, folder=folder)
        text += "user root\n" if os.getuid() == 0 else ""
        text += "threads 1\n" if pathlib.Path(broker).resolve().name.startswith("mqbroker") else ""
        pathlib.Path(folder, "conf").write_text(text, encoding="utf-8")
        with subprocess.Popen([broker, "-c", f"{folder}/conf"]) as process:
            try:
                wait_for(tls)
                options = (["beside", port, tls, count // 2, 100] if what == "beside"
                           else ["connects", process.pid, tls, count, what])
                done = subprocess.run([load, *map(str, options)], stdout=subprocess.PIPE,
                                      timeout=DEADLINE_S, check=False)
            finally:
                process.terminate()
    if done.returncode not in (0, 1):
        raise OSError("the load program has no figures")
    return json.loads(done.stdout), done.returncode == 0


def compare(arguments):
    brokers = dict(entry.partition("=")[::2] for entry in arguments.brokers)
    last = list(brokers)[-1]
    results, clean = {}, True
    for _ in range(arguments.rounds):
        for what in ("full", "resumed", "beside"):
            for name, program in brokers.items():
                result, well = measure(program, arguments.load, what, arguments.count)
                results.setdefault((name, what), []).append(result)
                clean = clean and well

    def row(label, figure, theirs):
        cells = []
        for name in brokers:
            own = [result[figure[1]] for result in results[name, figure[0]]]
            other = [result[theirs[1]] for result in results[last, theirs[0]]]
            ratios = [a / b for a, b in zip(own, other)]
            cells.append(f"{statistics.median(own):10.1f} {statistics.median(ratios):5.2f} "
                         f"({min(ratios):.2f}..{max(ratios):.2f})")
        print(f"{label:36}", *cells, sep="  ")

    print(f"{'':36}", *(f"{name:>10} : {last}" for name in brokers), sep="  ")
    for figure in FIGURES:
        row(" ".join(figure), figure, figure)
    row("resumed CPU : full CPU", FIGURES[1], FIGURES[0])
    for name in brokers:
        for part in ("p50", "p99"):
            ratios = [run[f"{part}_us_beside"] / run[f"{part}_us_before"]
                      for run in results[name, "beside"]]
            print(f"{name}: {part} beside 100 handshakes a second : before them  "
                  f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})")
    return 0 if clean else 1


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-n", "--rounds", type=int, default=5)
    parser.add_argument("--count", type=int, default=2000, help="logins of a run")
    parser.add_argument("--load", default=str(SOURCE / "build/dev/bin/mqbench_tls"))
    parser.add_argument("brokers", nargs="+", metavar="NAME=BROKER")
    arguments = parser.parse_args()
    try:
        return compare(arguments)
    except (OSError, subprocess.SubprocessError) as problem:
        print(f"tls_bench.py: {problem}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
