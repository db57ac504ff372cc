#pragma once

namespace mq::installer {

/// What `mqinstall` ends with. 3, 4 and 7 agree with what supervisorctl and LSB scripts return.
enum class ExitCode : int {
    ok = 0,                ///< done, or nothing to do
    unexpected = 1,        ///< an error that has no number of its own
    usage = 2,             ///< wrong command line
    not_running = 3,       ///< not installed, or the service does not run
    service_unknown = 4,   ///< the service manager cannot be reached
    bad_checksum = 5,      ///< payload or backup is not what its list says
    preflight = 6,         ///< this host or prefix cannot take it: noexec, space, port, permission
    manager_refused = 7,   ///< the service manager refused
    unhealthy_undone = 8,  ///< the new version was unhealthy; the old one runs again
    undo_failed = 9,       ///< going back failed as well; a person is needed
    locked = 10,           ///< another mqinstall works on this prefix
    unfinished = 11,       ///< an earlier run was cut off; run its command again
    conflict = 12,         ///< a file that the user edited is in the way
    bad_configuration = 13,  ///< mosquitto.conf or pwfile is not valid
    changes_pending = 20,    ///< a check found that a run would change something
    interrupted = 130,       ///< SIGINT or SIGTERM; the state is consistent
};

constexpr int to_int(ExitCode code) {
    return static_cast<int>(code);
}

}  // namespace mq::installer
