#!/usr/bin/python3 -B
"""How much more two threads of mqbroker deliver than one, when neither the load program nor the
number of processors is the limit. Needs root.

usage: tests/bench/threads_bench.py [-n ROUNDS] [--share PART] [--load PROGRAM] [BROKER]

Each thread of the broker is given that part of a processor and no more (SCHED_DEADLINE, sched(7);
default: a fifth), so that two processors have room for two such threads and a load program that
is not held back. 50 pairs of publisher and subscriber are dealt to the threads in turn, both of a
pair to the same one. Printed for each QoS are the messages a second of one and of two threads, the
part of a processor that the load program took, and the ratio of each round.

Exit status: 0 all well; 1 something was lost, doubled or reordered; 2 cannot run.
"""

import argparse
import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile

from tls_bench import SOURCE, wait_for

sys.path.insert(0, str(SOURCE / "tests/support"))
from mqtest.ports import free_port  # noqa: E402 (found by the line above)

DEADLINE_S = 300
PERIOD_NS = 1_000_000
CONFIGURATION = """\
allow_anonymous true
persistence false
connection_messages false
log_dest stderr
log_type error
max_inflight_messages 0
max_queued_messages 0
threads {threads}
threads_placement spread
listener {port} 127.0.0.1
"""


def hold_back(process, share):
    """Gives each thread of the process its part of a processor."""
    for thread in os.listdir(f"/proc/{process.pid}/task"):
        subprocess.run(["chrt", "--deadline", "--sched-runtime", str(int(share * PERIOD_NS)),
                        "--sched-deadline", str(PERIOD_NS), "--sched-period", str(PERIOD_NS),
                        "--pid", "0", thread], check=True)


def measure(arguments, threads, qos):
    """One run with a fresh broker: what mqbench_load says, and the processor time it took."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="mqhome-bench-") as folder:
        text = CONFIGURATION.format(threads=threads, port=port) + "user root\n"
        pathlib.Path(folder, "conf").write_text(text, encoding="utf-8")
        with subprocess.Popen([arguments.broker, "-c", f"{folder}/conf"]) as process:
            try:
                wait_for(port)
                hold_back(process, arguments.share)
                before = resource.getrusage(resource.RUSAGE_CHILDREN)
                done = subprocess.run(
                    [arguments.load, "--scenario", "pairs", "--port", str(port), "--pid",
                     str(process.pid), "--qos", str(qos), "--messages", str(arguments.messages),
                     "--window", str(arguments.window)],
                    stdout=subprocess.PIPE, timeout=DEADLINE_S, check=False)
                after = resource.getrusage(resource.RUSAGE_CHILDREN)
            finally:
                process.terminate()
    if done.returncode not in (0, 1):
        raise OSError("the load program has no figures")
    run = json.loads(done.stdout)
    spent = sum(getattr(after, part) - getattr(before, part) for part in ("ru_utime", "ru_stime"))
    return {"rate": run["delivered"] / run["seconds"], "load": spent / run["seconds"],
            "cpu": run["broker_cpu_us_per_message"]}, done.returncode == 0


def compare(arguments):
    clean = True
    for qos in (0, 1):
        runs = {1: [], 2: []}
        for _ in range(arguments.rounds):
            for threads in runs:
                run, well = measure(arguments, threads, qos)
                runs[threads].append(run)
                clean = clean and well
        for threads, all_runs in runs.items():
            median = {key: statistics.median(run[key] for run in all_runs) for key in all_runs[0]}
            print(f"QoS {qos}, threads {threads}: {median['rate']:9.0f} messages a second, "
                  f"{median['cpu']:.2f} us of CPU each, "
                  f"the load program took {median['load']:.2f} of a processor")
        for key, what in (("rate", "messages a second"), ("cpu", "CPU of a message")):
            ratios = [two[key] / one[key] for one, two in zip(runs[1], runs[2])]
            print(f"QoS {qos}, {what}, two threads : one  {statistics.median(ratios):.2f} "
                  f"({min(ratios):.2f} to {max(ratios):.2f})", flush=True)
    return 0 if clean else 1


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-n", "--rounds", type=int, default=5)
    parser.add_argument("--share", type=float, default=0.2, help="of a processor, for each thread")
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--window", type=int, default=2000)
    parser.add_argument("--load", default=str(SOURCE / "build/dev/bin/mqbench_load"))
    parser.add_argument("broker", nargs="?", default=str(SOURCE / "build/release/bin/mqbroker"))
    arguments = parser.parse_args()
    try:
        return compare(arguments)
    except (OSError, subprocess.SubprocessError) as problem:
        print(f"threads_bench.py: {problem}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
