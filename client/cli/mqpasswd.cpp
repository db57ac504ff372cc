// mqpasswd, also mosquitto_passwd: edits a password file.
#include "base/problem.hpp"
#include "base/quote.hpp"
#include "base/runtime.hpp"
#include "base/secret.hpp"
#include "base/secret_prompt.hpp"
#include "base/version.hpp"
#include "broker/auth/password_file.hpp"
#include "broker/auth/password_store.hpp"
#include "client/cli/passwd_options.hpp"

#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>

namespace mq {
namespace {

using broker::HashRecipe;
using broker::IfMissing;
using broker::PasswordFile;
using broker::PasswordHash;

enum ExitCode { exit_good = 0, exit_error = 1, exit_passwords_differ = 2 };

Outcome<void> check_password(const Secret& password) {
    if (password.empty()) {
        return Problem{"an empty password is refused", ""};
    }
    if (password.view().size() > SecretPrompt::answer_bytes_max) {
        return Problem{"the password is longer than 65535 bytes", ""};
    }
    return {};
}

/// The password of the command line, or the one that is typed twice.
Outcome<Secret> password_of(PasswdOptions& options) {
    if (!options.password_given) {
        SecretPrompt prompt;
        auto first = prompt.ask("Password: ");
        if (!first) {
            return first;
        }
        if (auto valid = check_password(*first); !valid) {
            return valid.error();
        }
        auto second = prompt.ask("The same password again: ");
        if (!second) {
            return second;
        }
        if (first->view() != second->view()) {
            return Problem{"the two passwords differ", "Nothing was changed.", "",
                           exit_passwords_differ};
        }
        return first;
    }
    if (auto valid = check_password(options.password); !valid) {
        return valid.error();
    }
    return std::move(options.password);
}

/// -c is for new files: what stands in an existing one is not thrown away.
Outcome<void> check_nothing_lost(const PasswordFile& file, const PasswdOptions& options) {
    if (file.blank()) {
        return {};
    }
    const std::size_t entries = file.list().size();
    const std::string content = entries == 0   ? "is not empty"
                                : entries == 1 ? "holds 1 user"
                                               : "holds " + std::to_string(entries) + " users";
    return Problem{options.file + " exists and " + content + "; -c would lose that",
                   "Nothing was changed.",
                   "To add or change the user, type: mqpasswd " + quote_posix(options.file) + ' ' +
                       quote_posix(options.user) + "\nTo begin anew, first type: mv " +
                       quote_posix(options.file) + ' ' + quote_posix(options.file + ".old")};
}

/// Tells before the question what would fail after it.
Outcome<void> check_file(const PasswdOptions& options) {
    std::error_code error;
    const bool exists = std::filesystem::exists(options.file, error);
    if (options.action == PasswdAction::create && !exists) {
        return {};
    }
    if (!exists && !error) {
        return Problem{"there is no password file " + options.file, "",
                       "To create it, type: mqpasswd -c " + quote_posix(options.file) + ' ' +
                           quote_posix(options.user)};
    }
    const auto file = broker::load_password_file(options.file);
    if (!file) {
        return file.error();
    }
    return options.action == PasswdAction::create ? check_nothing_lost(*file, options)
                                                  : Outcome<void>{};
}

/// What the options say; where they say nothing, a SCRAM entry stays one.
HashRecipe recipe_for(const PasswdOptions& options) {
    if (options.action == PasswdAction::add && !options.recipe_given) {
        if (const auto file = broker::load_password_file(options.file)) {
            return file->recipe_for(options.user);
        }
    }
    return options.recipe;
}

Outcome<void> set_user(PasswdOptions& options) {
    const bool to_output = options.action == PasswdAction::create && options.file == "-";
    if (!to_output) {
        if (auto usable = check_file(options); !usable) {
            return usable;
        }
    }
    const auto password = password_of(options);
    if (!password) {
        return password.error();
    }
    const auto hash = PasswordHash::make(password->view(), recipe_for(options));
    if (!hash) {
        return hash.error();
    }
    if (to_output) {
        std::printf("%s:%s\n", options.user.c_str(), hash->text().c_str());
        return {};
    }
    auto change = PasswordFile::Change::added;
    auto edited = broker::edit_password_file(
        options.file, options.action == PasswdAction::create ? IfMissing::create : IfMissing::fail,
        [&](PasswordFile& file) -> Outcome<void> {
            if (options.action == PasswdAction::create) {
                if (auto valid = check_nothing_lost(file, options); !valid) {
                    return valid;
                }
            }
            const auto set = file.set(options.user, *hash);
            if (!set) {
                return set.error();
            }
            change = *set;
            return {};
        });
    if (edited) {
        std::printf(change == PasswordFile::Change::added ? "User %s added to %s.\n"
                                                          : "Password of user %s changed in %s.\n",
                    options.user.c_str(), options.file.c_str());
    }
    return edited;
}

Outcome<void> remove_user(const PasswdOptions& options) {
    auto edited = broker::edit_password_file(
        options.file, IfMissing::fail, [&](PasswordFile& file) -> Outcome<void> {
            if (!file.remove(options.user)) {
                return Problem{
                    "there is no user " + broker::printable(options.user) + " in " + options.file,
                    "Nothing was changed."};
            }
            return {};
        });
    if (edited) {
        std::printf("User %s deleted from %s.\n", broker::printable(options.user).c_str(),
                    options.file.c_str());
    }
    return edited;
}

Outcome<void> hash_plain_text(const PasswdOptions& options) {
    std::size_t changed = 0;
    bool plain_text_left = false;
    auto edited = broker::edit_password_file(
        options.file, IfMissing::fail, [&](PasswordFile& file) -> Outcome<void> {
            const auto hashed = file.hash_plain_text(options.recipe);
            if (!hashed) {
                return hashed.error();
            }
            changed = *hashed;
            for (const auto& finding : file.findings()) {
                std::fprintf(stderr, "%s: %s\n", options.file.c_str(), finding.text.c_str());
                plain_text_left = plain_text_left || finding.flaw == PasswordFile::Flaw::plain_text;
            }
            return {};
        });
    if (!edited) {
        return edited;
    }
    std::printf("%zu plain text password%s hashed in %s.\n", changed, changed == 1 ? "" : "s",
                options.file.c_str());
    if (plain_text_left) {
        return Problem{"passwords with a colon were left in plain text",
                       "Where such a password ends is not certain.",
                       "Give these users their passwords again: mqpasswd " +
                           quote_posix(options.file) + " USER"};
    }
    return {};
}

Outcome<void> run(PasswdOptions& options) {
    switch (options.action) {
        case PasswdAction::help:
            std::printf("mqpasswd %s: edits password files of mqbroker and mosquitto\n\n%s",
                        version, passwd_usage);
            return {};
        case PasswdAction::remove:
            return remove_user(options);
        case PasswdAction::hash_plain_text:
            return hash_plain_text(options);
        case PasswdAction::add:
        case PasswdAction::create:
            break;
    }
    return set_user(options);
}

int report(const Problem& problem) {
    std::fprintf(stderr, "mqpasswd: %s\n", problem.text().c_str());
    return problem.exit_code;
}

}  // namespace
}  // namespace mq

int main(int argc, char** argv) {
    mq::runtime_init();
    if (argc == 1) {
        std::fputs(mq::passwd_usage, stderr);
        return mq::exit_error;
    }
    try {
        auto options = mq::parse_passwd_options(argc, argv);
        if (!options) {
            return mq::report(options.error());
        }
        if (const auto done = mq::run(*options); !done) {
            return mq::report(done.error());
        }
    } catch (const std::exception& error) {
        std::fprintf(stderr, "mqpasswd: %s\n", error.what());
        return mq::exit_error;
    }
    return std::fflush(stdout) == 0 ? mq::exit_good : mq::exit_error;
}
