"""Who may include whom: the walls between the rooms, and the one door of each foreign library."""

import re
import unittest

from mqtest.sources import code_files, text

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^">]+)[">]', re.MULTILINE)

# room: the rooms whose headers it may include (itself always).
MAY_INCLUDE = {
    "base": ["mqtt/result.hpp"],  # the one type that every room returns
    "mqtt": [],
    "broker/core": ["mqtt"],
    "broker/log": ["base", "broker/core"],
    "broker/config": ["base", "mqtt", "broker/core", "broker/log"],
    "broker/auth": ["base", "mqtt", "broker/core", "broker/config/config.hpp"],
    "broker/control": ["base", "mqtt", "broker/core", "broker/config/config.hpp",
                       "broker/auth/base64.hpp"],
    "broker/store": ["base", "mqtt", "broker/core"],
    "broker/net": ["base", "mqtt", "broker/core", "broker/config", "broker/auth", "broker/log",
                   "broker/store"],
    "broker": ["base", "mqtt", "broker/core", "broker/config", "broker/log", "broker/auth",
               "broker/control", "broker/store", "broker/net"],
    "client/include": [],
    "client/lib": ["base", "mqtt", "broker/auth", "client/include"],
    "client/cli": ["base", "mqtt", "broker/auth", "client/include"],
    "templates": ["base"],
    "supervisor": ["base", "templates"],
    "installer": ["base", "mqtt", "supervisor", "templates", "broker/auth"],
}

# The pure rooms: what can block, listen, tell the time or touch the disk has no business there.
PURE = ("mqtt", "broker/core")
IMPURE_HEADERS = re.compile(
    r"^(sys/(?!uio\.h)|netinet/|arpa/|net/|boost/asio|openssl/|libwebsockets|sqlite3|unistd\.h|fcntl\.h|poll\.h|"
    r"time\.h|signal\.h|pthread\.h|(iostream|fstream|filesystem|thread|mutex|shared_mutex|future|"
    r"condition_variable|ctime|csignal|semaphore|stop_token)$)")
IMPURE_CALLS = re.compile(r"::now\(\)|\b(getenv|gettimeofday|clock_gettime|time|rand|random|printf|fprintf|puts|fopen)\(|\brandom_device\b")

# foreign header: the places that may include it.
DOORS = {
    r"libwebsockets\.h": [r"broker/net/[a-z_]*(websocket|http|lws)[a-z_]*\.(hpp|cpp)"],
    r"boost/beast.*": [r"broker/net/http_[a-z]+\.cpp"],
    r"archive(_entry)?\.h": [r"installer/archive/.*"],
    r"CLI/.*": [r"installer/main\.cpp", r"installer/commands/.*", r"client/cli/.*"],
    r"boost/asio.*": [r"broker/net/.*"],
    r"sqlite3\.h": [r"broker/store/.*", r"installer/prefix/database_copy\.cpp"],
    r"argon2\.h": [r"broker/auth/.*"],
    r"openssl/.*": [r"base/.*", r"broker/auth/.*", r"broker/net/.*", r"client/lib/.*",
                    r"client/cli/tls_key_log\.cpp", r"installer/.*"],
    r"cjson/.*": [r"client/lib/api_common_cjson\.cpp"],
}


def room_of(name):
    """The room of a file or an included path: the longest room that its path lies in."""
    fitting = [room for room in MAY_INCLUDE if str(name).startswith(room + "/")]
    return max(fitting, key=len, default=None)


def product_code():
    return [name for name in code_files() if name.parts[0] != "tests"]


def without_comments(code):
    return re.sub(r"//[^\n]*|/\*.*?\*/", "", code, flags=re.DOTALL)


class Walls(unittest.TestCase):
    maxDiff = None

    def test_rooms_include_only_the_rooms_below_them(self):
        wrong = []
        for name in product_code():
            room = room_of(name)
            self.assertIsNotNone(room, f"{name} is in no room")
            for kind, included in INCLUDE.findall(text(name)):
                target = room_of(included)
                allowed = (None, room, *MAY_INCLUDE[room])
                if kind == '"' and target not in allowed and included not in allowed:
                    wrong.append(f"{name}: {included} is of {target}, out of reach for {room}")
        self.assertEqual(wrong, [])

    def test_own_headers_are_named_by_their_full_path(self):
        wrong = []
        for name in code_files():
            if str(name).startswith("tests/client/api/"):
                continue  # programs as others write them, which know no other folder
            for kind, included in INCLUDE.findall(text(name)):
                if kind == '"' and "/" not in included:
                    wrong.append(f"{name}: {included}")
        self.assertEqual(wrong, [])

    def test_pure_rooms_include_nothing_of_the_outside(self):
        wrong = [f"{name}: {included}" for name in product_code() if room_of(name) in PURE
                 for _, included in INCLUDE.findall(text(name)) if IMPURE_HEADERS.match(included)]
        self.assertEqual(wrong, [])

    def test_pure_rooms_ask_neither_clock_nor_environment(self):
        wrong = [f"{name}: {found.group()}" for name in product_code() if room_of(name) in PURE
                 for found in IMPURE_CALLS.finditer(without_comments(text(name)))]
        self.assertEqual(wrong, [])

    def test_foreign_libraries_stay_behind_their_doors(self):
        wrong = []
        for name in product_code():
            for _, included in INCLUDE.findall(text(name)):
                for library, doors in DOORS.items():
                    if re.fullmatch(library, included) and not any(
                            re.fullmatch(door, str(name)) for door in doors):
                        wrong.append(f"{name}: {included}")
        self.assertEqual(wrong, [])

    def test_headers_start_with_pragma_once(self):
        wrong = [str(name) for name in code_files(".hpp") if "#pragma once\n" not in text(name)]
        self.assertEqual(wrong, [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
