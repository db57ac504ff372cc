// mqpasswd, also mosquitto_passwd: edits a password file.
#include "base/problem.hpp"
#include "base/quote.hpp"
#include "base/runtime.hpp"
#include "base/secret.hpp"
#include "base/secret_prompt.hpp"
#include "base/version.hpp"
#include "broker/auth/password_file.hpp"
#include "broker/auth/password_store.hpp"

#include <charconv>
#include <cstdio>
#include <cstring>
#include <exception>
#include <filesystem>
#include <getopt.h>
#include <string>

namespace mq {
namespace {

using broker::HashKind;
using broker::HashRecipe;
using broker::IfMissing;
using broker::PasswordFile;
using broker::PasswordHash;

enum ExitCode { exit_good = 0, exit_error = 1, exit_passwords_differ = 2 };

constexpr const char* usage =
    "Usage: mqpasswd [-H HASH] [-I COUNT] [-c] FILE USER            asks for the password\n"
    "       mqpasswd [-H HASH] [-I COUNT] [-c] -b FILE USER PASSWORD\n"
    "       mqpasswd -D FILE USER\n"
    "       mqpasswd [-H HASH] [-I COUNT] -U FILE\n"
    "\n"
    " -b        takes the password from the command line, where other accounts may see it\n"
    " -c        creates FILE; with FILE - the line goes to standard output\n"
    " -D        deletes USER\n"
    " -H HASH   sha512-pbkdf2 (default), sha512 (for Mosquitto 1.6 and older) or argon2id (2.1)\n"
    " -I COUNT  iterations of sha512-pbkdf2 (default 1000)\n"
    " -U        replaces passwords in plain text by their hashes; hashes stay as they are\n"
    " -h        shows this text\n";

enum class Action { add, create, remove, hash_plain_text, help };

struct Options {
    Action action = Action::add;
    bool password_given = false;  ///< -b
    HashRecipe recipe;
    std::string file;
    std::string user;
    Secret password;
};

Problem usage_problem(std::string what) {
    return {std::move(what), "", "For help type: mqpasswd --help", exit_error};
}

Outcome<HashKind> hash_kind(const std::string& name) {
    if (name == "sha512-pbkdf2") {
        return HashKind::pbkdf2_sha512;
    }
    if (name == "sha512") {
        return HashKind::sha512;
    }
    if (name == "argon2id") {
        return HashKind::argon2id;
    }
    return usage_problem("-H: unknown hash '" + broker::printable(name) +
                         "'; there are sha512-pbkdf2, sha512 and argon2id");
}

Outcome<std::uint32_t> iterations(const char* text) {
    std::uint32_t count = 0;
    const char* const text_end = text + std::strlen(text);
    const auto [end, error] = std::from_chars(text, text_end, count);
    if (error != std::errc{} || end != text_end || count < 1 ||
        count > broker::pbkdf2_iterations_max) {
        return usage_problem("-I: the count must be a number from 1 to " +
                             std::to_string(broker::pbkdf2_iterations_max));
    }
    return count;
}

/// The options as they stand on the command line.
struct Flags {
    bool create = false;
    bool batch = false;
    bool remove = false;
    bool plain = false;
    bool iterations = false;
    bool help = false;
};

Outcome<Flags> parse_flags(int argc, char** argv, HashRecipe& recipe) {
    static const option long_options[] = {{"help", no_argument, nullptr, 'h'},
                                          {nullptr, 0, nullptr, 0}};
    Flags flags;
    opterr = 0;
    // '+': options end at the file name, so a password may begin with '-'.
    for (int letter = 0;
         (letter = ::getopt_long(argc, argv, "+:bcDH:I:Uh", long_options, nullptr)) != -1;) {
        switch (letter) {
            case 'b':
                flags.batch = true;
                break;
            case 'c':
                flags.create = true;
                break;
            case 'D':
                flags.remove = true;
                break;
            case 'U':
                flags.plain = true;
                break;
            case 'h':
                flags.help = true;
                return flags;
            case 'H': {
                const auto kind = hash_kind(optarg);
                if (!kind) {
                    return kind.error();
                }
                recipe.kind = *kind;
                break;
            }
            case 'I': {
                const auto count = iterations(optarg);
                if (!count) {
                    return count.error();
                }
                recipe.iterations = *count;
                flags.iterations = true;
                break;
            }
            case ':':
                return usage_problem(std::string("-") + static_cast<char>(optopt) +
                                     " needs a value");
            default:
                return usage_problem("unknown option " + broker::printable(argv[optind - 1]));
        }
    }
    return flags;
}

/// The first pair of options that exclude each other.
Outcome<void> check_flags(const Flags& flags, const HashRecipe& recipe) {
    const struct {
        bool both;
        const char* names;
    } pairs[] = {
        {flags.create && flags.remove, "-c and -D"}, {flags.create && flags.plain, "-c and -U"},
        {flags.remove && flags.plain, "-D and -U"},  {flags.batch && flags.remove, "-b and -D"},
        {flags.batch && flags.plain, "-b and -U"},
    };
    for (const auto& pair : pairs) {
        if (pair.both) {
            return usage_problem(std::string(pair.names) + " exclude each other");
        }
    }
    if (flags.iterations && recipe.kind != HashKind::pbkdf2_sha512) {
        return usage_problem("-I is for -H sha512-pbkdf2 only");
    }
    return {};
}

Outcome<Options> parse_arguments(int argc, char** argv) {
    Options options;
    const auto flags = parse_flags(argc, argv, options.recipe);
    if (!flags) {
        return flags.error();
    }
    if (flags->help) {
        options.action = Action::help;
        return options;
    }
    if (auto valid = check_flags(*flags, options.recipe); !valid) {
        return valid.error();
    }
    options.action = flags->create   ? Action::create
                     : flags->remove ? Action::remove
                     : flags->plain  ? Action::hash_plain_text
                                     : Action::add;
    options.password_given = flags->batch;
    char** const operands = argv + optind;
    const int count = argc - optind;
    const int wanted = flags->plain ? 1 : flags->batch ? 3 : 2;
    if (count != wanted) {
        return usage_problem(
            wanted == 1   ? "-U needs FILE and nothing else"
            : wanted == 3 ? "-b needs FILE, USER and PASSWORD"
            : count == 3  ? "FILE and USER are enough; a PASSWORD on the command line needs -b"
                          : "FILE and USER are needed");
    }
    options.file = operands[0];
    if (wanted >= 2) {
        options.user = operands[1];
        // To delete a strange name must be possible, to add one not.
        const auto valid = broker::check_user_name(options.user);
        if (!valid && options.action != Action::remove) {
            return valid.error();
        }
    }
    if (wanted == 3) {
        options.password = Secret(std::string(operands[2]));
        OPENSSL_cleanse(operands[2], std::strlen(operands[2]));  // out of the process list
    }
    return options;
}

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
Outcome<Secret> password_of(Options& options) {
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
Outcome<void> check_nothing_lost(const PasswordFile& file, const Options& options) {
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
Outcome<void> check_file(const Options& options) {
    std::error_code error;
    const bool exists = std::filesystem::exists(options.file, error);
    if (options.action == Action::create && !exists) {
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
    return options.action == Action::create ? check_nothing_lost(*file, options) : Outcome<void>{};
}

Outcome<void> set_user(Options& options) {
    const bool to_output = options.action == Action::create && options.file == "-";
    if (!to_output) {
        if (auto usable = check_file(options); !usable) {
            return usable;
        }
    }
    const auto password = password_of(options);
    if (!password) {
        return password.error();
    }
    const auto hash = PasswordHash::make(password->view(), options.recipe);
    if (!hash) {
        return hash.error();
    }
    if (to_output) {
        std::printf("%s:%s\n", options.user.c_str(), hash->text().c_str());
        return {};
    }
    auto change = PasswordFile::Change::added;
    auto edited = broker::edit_password_file(
        options.file, options.action == Action::create ? IfMissing::create : IfMissing::fail,
        [&](PasswordFile& file) -> Outcome<void> {
            if (options.action == Action::create) {
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

Outcome<void> remove_user(const Options& options) {
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

Outcome<void> hash_plain_text(const Options& options) {
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

Outcome<void> run(Options& options) {
    switch (options.action) {
        case Action::help:
            std::printf("mqpasswd %s: edits password files of mqbroker and mosquitto\n\n%s",
                        version, usage);
            return {};
        case Action::remove:
            return remove_user(options);
        case Action::hash_plain_text:
            return hash_plain_text(options);
        case Action::add:
        case Action::create:
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
        std::fputs(mq::usage, stderr);
        return mq::exit_error;
    }
    try {
        auto options = mq::parse_arguments(argc, argv);
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
