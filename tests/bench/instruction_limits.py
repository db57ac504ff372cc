"""Counts the instructions that the broker's core takes for fixed loads, with callgrind, and compares
them with the limits of a file.

usage: instruction_limits.py PROGRAM LIMITS [--update]

The file has a line "scenario, limit, unit" each, with tabs between; the limit is in instructions for one
unit. More than 3 % above the limit is a failure. More than 10 % below it is one too: whoever has made
something faster lowers the limit, so that it stays so. --update writes what was counted into the file.
"""

import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ABOVE_MAX = 1.03
BELOW_MAX = 0.90
DEADLINE_S = 300
# The C library's functions for strings and memory depend on the processor: take the plainest ones.
TUNABLES = "glibc.cpu.hwcaps=-AVX2,-AVX2_Usable,-AVX512F,-AVX512VL,-AVX512BW,-ERMS,-FSRM"


def read_limits(path):
    """Scenario -> (limit, unit), in the order of the file."""
    limits = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            scenario, limit, unit = line.split("\t")
            limits[scenario] = (int(limit), unit)
    return limits


def write_limits(path, counted):
    lines = [line for line in path.read_text(encoding="utf-8").splitlines()
             if line.startswith("#")]
    lines += [f"{scenario}\t{count:.0f}\t{unit}" for scenario, (count, unit) in counted.items()]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def instructions_in(folder):
    """Scenario -> instructions, from callgrind's files: one for each report of the program."""
    found = {}
    for file in pathlib.Path(folder).glob("callgrind.out*"):
        text = file.read_text(encoding="utf-8", errors="replace")
        name = re.search(r"^desc: Trigger: Client Request: (\S+)$", text, re.MULTILINE)
        total = re.search(r"^(?:summary|totals): (\d+)", text, re.MULTILINE)
        if name and total:
            found[name.group(1)] = int(total.group(1))
    return found


def count(program, scenarios):
    """Scenario -> (instructions a unit, unit)."""
    with tempfile.TemporaryDirectory(prefix="mqhome-instructions-") as folder:
        finished = subprocess.run(
            ["valgrind", "--tool=callgrind", "--collect-atstart=no",
             f"--callgrind-out-file={folder}/callgrind.out", "-q", program, "20", *scenarios],
            env={**os.environ, "GLIBC_TUNABLES": TUNABLES}, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, timeout=DEADLINE_S, check=False)
        if finished.returncode != 0:
            raise SystemExit(f"{program} ended with {finished.returncode}:\n{finished.stderr}")
        instructions = instructions_in(folder)
    counted = {}
    for line in finished.stdout.splitlines():
        scenario, units, unit = line.split()
        counted[scenario] = (instructions[scenario] / int(units), unit)
    return counted


def verdict(scenario, counted, limit, unit):
    """A line of the table, and whether it is good."""
    ratio = counted / limit
    line = f"{scenario:16} {counted:9.0f} instructions a {unit:9} limit {limit:7}  {ratio:6.3f}"
    if ratio > ABOVE_MAX:
        return (f"{line}  FAILED: it takes {ratio - 1:.1%} more than its limit allows. Find out "
                "what has become slower; where the price is worth it, raise the limit", False)
    if ratio < BELOW_MAX:
        return (f"{line}  FAILED: it takes {1 - ratio:.1%} less than its limit: lower the limit, "
                "so that it stays so", False)
    return line, True


def compare(counted, limits):
    """Prints the table; whether all is within the limits."""
    well = True
    for scenario, (limit, unit) in limits.items():
        if scenario not in counted:
            print(f"{scenario:16} FAILED: there is no such scenario")
            well = False
            continue
        line, good = verdict(scenario, counted[scenario][0], limit, unit)
        print(line)
        well = well and good
    return well


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("limits", type=pathlib.Path)
    parser.add_argument("--update", action="store_true")
    arguments = parser.parse_args()
    limits = read_limits(arguments.limits)
    counted = count(arguments.program, limits)
    if arguments.update:
        write_limits(arguments.limits, counted)
        limits = read_limits(arguments.limits)
    if not compare(counted, limits):
        script = pathlib.Path(sys.argv[0]).name
        print(f"\nTo write what was counted into {arguments.limits.name}:\n"
              f"    {script} {arguments.program} {arguments.limits} --update")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
