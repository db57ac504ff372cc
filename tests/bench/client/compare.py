"""CPU time per message and memory per handle of a C program with our client library, beside libmosquitto.

usage: compare.py CLIENT_LOAD OURS [THEIRS] [--count N] [--limit]

CLIENT_LOAD is linked with libmosquitto.so.1; OURS and THEIRS are folders of such a library. Runs them in turn,
three times each, takes the best, and prints one line a load. With --limit, more than half of libmosquitto's
time, or more memory, is a failure. The broker is the one of MQ_PROGRAMS_DIR.
"""

import argparse
import os
import re
import subprocess
import sys

from mqtest.broker import Place

LOADS = [(what, qos, loop) for what in ("pub", "sub") for qos in (0, 1) for loop in ("thread", "loop")]
SIZE_BYTES = 256


def start(program, library, *arguments):
    return subprocess.Popen([program, *map(str, arguments)], stdout=subprocess.PIPE, text=True,
                            env={**os.environ, "LD_LIBRARY_PATH": library})


def figure(output, name):
    return int(re.search(rf"{name} (\d+)", output).group(1))


def nanoseconds(program, library, port, load, count):
    what, qos, loop = load
    if what == "pub":
        output = start(program, library, "pub", port, qos, count, SIZE_BYTES, loop).communicate()[0]
        return figure(output, "cpu_ns")
    receiver = start(program, library, "sub", port, qos, count, SIZE_BYTES, loop)
    assert receiver.stdout.readline() == "ready\n"
    start(program, library, "pub", port, 1, count, SIZE_BYTES, "thread").communicate()
    return figure(receiver.communicate()[0], "cpu_ns")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("ours")
    parser.add_argument("theirs", nargs="?", default="/usr/lib/x86_64-linux-gnu")
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--limit", action="store_true")
    options = parser.parse_args()
    place = Place()
    place.configuration.write_text("\n".join([
        "log_dest stderr", "allow_anonymous true", "max_queued_messages 0", "max_queued_bytes 0",
        *(["user root"] if os.geteuid() == 0 else []), f"listener {place.port} 127.0.0.1"]) + "\n")
    broker = place.start()
    too_much = []
    try:
        for load in LOADS:
            best = {library: min(nanoseconds(options.program, library, place.port, load, options.count)
                                 for _ in range(3)) for library in (options.ours, options.theirs)}
            ours, theirs = best[options.ours], best[options.theirs]
            name = f"{load[0]} QoS {load[1]} {load[2]}"
            print(f"{name:18} {ours:7} ns {theirs:7} ns {ours / theirs:5.2f}")
            if ours > theirs / 2:
                too_much.append(name)
        idle = {library: figure(start(options.program, library, "idle", place.port, 200).communicate()[0],
                                "bytes_per_handle") for library in (options.ours, options.theirs)}
        print(f"{'idle handle':18} {idle[options.ours]:7} B  {idle[options.theirs]:7} B")
        if idle[options.ours] > idle[options.theirs]:
            too_much.append("idle handle")
    finally:
        broker.kill()
        place.remove()
    if too_much and options.limit:
        sys.exit(f"more than allowed: {', '.join(too_much)}")


if __name__ == "__main__":
    main()
