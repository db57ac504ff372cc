#pragma once

#include "installer/commands/context.hpp"

#include <filesystem>
#include <string>

/// One function a sub-command, each in a file of its own name. They print what they have to say to
/// `context.output`, return what the program ends with, or the problem that stopped them.
namespace mq::installer::commands {

struct UninstallOptions {
    bool purge = false;  ///< remove etc/, var/ and backups/ as well
};

struct RestoreOptions {
    std::filesystem::path backup;  ///< a file of `backups/`, or any path
};

struct BackupOptions {
    std::filesystem::path file;  ///< empty: a new name in `backups/`
};

struct UserOptions {
    enum class Action { add, passwd, del, list };
    Action action = Action::list;
    std::string name;
};

struct ServiceOptions {
    enum class Action { start, stop, restart, status, logs };
    Action action = Action::status;
    int lines = 50;  ///< of the log
};

Outcome<ExitCode> install(const Context& context);
Outcome<ExitCode> uninstall(const Context& context, const UninstallOptions& options);
Outcome<ExitCode> upgrade(const Context& context);
Outcome<ExitCode> rollback(const Context& context);
Outcome<ExitCode> backup(const Context& context, const BackupOptions& options);
Outcome<ExitCode> restore(const Context& context, const RestoreOptions& options);
Outcome<ExitCode> unpack(const Context& context, const std::filesystem::path& directory);
Outcome<ExitCode> version(const Context& context);
Outcome<ExitCode> recover(const Context& context);

Outcome<ExitCode> status(const Context& context);
Outcome<ExitCode> doctor(const Context& context);
Outcome<ExitCode> service(const Context& context, const ServiceOptions& options);
Outcome<ExitCode> user(const Context& context, const UserOptions& options);

}  // namespace mq::installer::commands
