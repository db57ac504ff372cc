#pragma once

#include "base/problem.hpp"
#include "base/secret.hpp"
#include "broker/auth/password_hash.hpp"

#include <string>

namespace mq {

/// What mqpasswd prints when it is asked for help or called without arguments.
extern const char* const passwd_usage;

enum class PasswdAction { add, create, remove, hash_plain_text, help };

/// What the command line of mqpasswd asks for. Without the action `help`, `file` is there, and a
/// user whom `check_user_name` accepts for `add` and `create`.
struct PasswdOptions {
    PasswdAction action = PasswdAction::add;
    bool password_given = false;  ///< -b
    bool recipe_given = false;    ///< -H or -I
    broker::HashRecipe recipe;
    std::string file;
    std::string user;
    Secret password;
};

/// Reads the command line, and wipes a password out of it, so that the process list no longer shows
/// it. Options end at the first operand, so a password may begin with `-`.
Outcome<PasswdOptions> parse_passwd_options(int argc, char** argv);

}  // namespace mq
