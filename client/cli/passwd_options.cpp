#include "client/cli/passwd_options.hpp"

#include "broker/auth/password_file.hpp"

#include <charconv>
#include <cstring>
#include <getopt.h>

namespace mq {
namespace {

using broker::HashKind;
using broker::HashRecipe;

Problem usage_problem(std::string what) {
    return {std::move(what), "", "For help type: mqpasswd --help"};
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
    if (name == "scram-sha-256") {
        return HashKind::scram_sha256;
    }
    return usage_problem("-H: unknown hash '" + broker::printable(name) +
                         "'; there are sha512-pbkdf2, sha512, argon2id and scram-sha-256");
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
    bool recipe = false;  ///< -H or -I
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
                flags.recipe = true;
                break;
            }
            case 'I': {
                const auto count = iterations(optarg);
                if (!count) {
                    return count.error();
                }
                recipe.iterations = *count;
                flags.recipe = true;
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
    const bool scram = recipe.kind == HashKind::scram_sha256;
    if (recipe.iterations && recipe.kind != HashKind::pbkdf2_sha512 && !scram) {
        return usage_problem("-I is for -H sha512-pbkdf2 and scram-sha-256 only");
    }
    if (scram &&
        recipe.iterations.value_or(broker::scram_iterations_min) < broker::scram_iterations_min) {
        return usage_problem("-I: for scram-sha-256 the count must be at least " +
                             std::to_string(broker::scram_iterations_min));
    }
    return {};
}

}  // namespace

const char* const passwd_usage =
    "Usage: mqpasswd [-H HASH] [-I COUNT] [-c] FILE USER            asks for the password\n"
    "       mqpasswd [-H HASH] [-I COUNT] [-c] -b FILE USER PASSWORD\n"
    "       mqpasswd -D FILE USER\n"
    "       mqpasswd [-H HASH] [-I COUNT] -U FILE\n"
    "\n"
    " -b        takes the password from the command line, where other accounts may see it\n"
    " -c        creates FILE; with FILE - the line goes to standard output\n"
    " -D        deletes USER\n"
    " -H HASH   sha512-pbkdf2 (default), sha512 (for Mosquitto 1.6 and older), argon2id (2.1), or\n"
    "           scram-sha-256 (mqbroker only): the user may also log in by SCRAM, which never\n"
    "           sends the password. It must be UTF-8 without control characters, and is used\n"
    "           as it is typed. Such a user keeps this kind when the password changes without -H\n"
    " -I COUNT  iterations of sha512-pbkdf2 (default 1000) or scram-sha-256 (4096, and not fewer)\n"
    " -U        replaces passwords in plain text by their hashes; hashes stay as they are\n"
    " -h        shows this text\n";

Outcome<PasswdOptions> parse_passwd_options(int argc, char** argv) {
    PasswdOptions options;
    const auto flags = parse_flags(argc, argv, options.recipe);
    if (!flags) {
        return flags.error();
    }
    if (flags->help) {
        options.action = PasswdAction::help;
        return options;
    }
    if (auto valid = check_flags(*flags, options.recipe); !valid) {
        return valid.error();
    }
    options.action = flags->create   ? PasswdAction::create
                     : flags->remove ? PasswdAction::remove
                     : flags->plain  ? PasswdAction::hash_plain_text
                                     : PasswdAction::add;
    options.password_given = flags->batch;
    options.recipe_given = flags->recipe;
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
        if (!valid && options.action != PasswdAction::remove) {
            return valid.error();
        }
    }
    if (wanted == 3) {
        options.password = Secret(std::string(operands[2]));
        OPENSSL_cleanse(operands[2], std::strlen(operands[2]));  // out of the process list
    }
    return options;
}

}  // namespace mq
