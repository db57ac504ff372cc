"""Debian userlands of other ages, made by debootstrap once and kept.

They lie in the folder that MQ_CHROOT_CACHE names (default: build/chroot of the source tree), so that
only the first run downloads; a folder that is complete has no `.part` in its name.
"""

import fcntl
import os
import pathlib
import shutil
import subprocess

from mqtest.programs import SOURCE

# What makes a host dangerous for a static program: name service modules that its libc would load.
PACKAGES = "libnss-systemd,libnss-myhostname,libnss-sss,ca-certificates,python3-minimal"
NSSWITCH = """\
passwd: files sss
group: files sss
shadow: files sss
hosts: files dns myhostname
services: files sss
"""


def mirror():
    """The Debian mirror that this machine's apt is configured for."""
    result = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(CODENAME) $(REPO_URI)", "Created-By: Packages"],
        capture_output=True, text=True, check=True)
    release = dict(line.split("=", 1) for line in pathlib.Path("/etc/os-release").read_text(
        encoding="utf-8").splitlines() if "=" in line)
    codename = release.get("VERSION_CODENAME", "").strip('"')
    for line in result.stdout.splitlines():
        name, address = line.split(" ", 1)
        if name == codename:
            return address
    raise AssertionError(f"apt knows no mirror of {codename}:\n{result.stdout}\nrun apt-get update")


def environment():
    """Ours, with apt's proxy for debootstrap."""
    result = subprocess.run(["apt-config", "shell", "PROXY", "Acquire::http::Proxy"],
                            capture_output=True, text=True, check=True)
    value = result.stdout.partition("=")[2].strip().strip("'")
    return {**os.environ, "http_proxy": value} if value else dict(os.environ)


def userland(suite):
    """The root folder of a suite's userland, made when it is not there."""
    cache = pathlib.Path(os.environ.get("MQ_CHROOT_CACHE", SOURCE / "build/chroot"))
    cache.mkdir(parents=True, exist_ok=True)
    root = cache / suite
    with open(cache / f"{suite}.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not root.exists():
            make(suite, root)
    return root


def make(suite, root):
    part = root.with_name(f"{suite}.part")
    shutil.rmtree(part, ignore_errors=True)
    log = root.with_name(f"{suite}.log")
    with open(log, "wb") as output:
        code = subprocess.run(
            ["debootstrap", "--variant=minbase", f"--include={PACKAGES}", suite, part, mirror()],
            stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
            env=environment(), check=False).returncode
    if code != 0:
        tail = "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-10:])
        raise AssertionError(f"debootstrap of {suite} ended with {code}; {log}:\n{tail}")
    (part / "etc/nsswitch.conf").write_text(NSSWITCH, encoding="utf-8")
    part.rename(root)
