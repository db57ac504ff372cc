#pragma once

#include "base/problem.hpp"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace mq::installer {

/// One change of the account. Both directions are idempotent and work from any point at which a
/// kill or a power cut may have stopped the other: `perform` on what is half or wholly done, `undo`
/// on what is half done or was never begun.
struct Step {
    std::string name;      ///< one stable word, as written in the journal
    std::string describe;  ///< one line for `--dry-run`
    std::function<Outcome<void>()> perform;
    /// Empty: nothing to take back.
    std::function<Outcome<void>()> undo;
    /// After this step the new state counts: what is left is finished, never undone.
    bool commit = false;
};

/// What a plan was made from; all that a later process needs to make it again.
using Parameters = std::map<std::string, std::string>;

/// What one command does, in order.
struct Plan {
    std::string command;    ///< word of the command line, as written in the journal
    Parameters parameters;  ///< no secrets: they are written to the journal
    std::vector<Step> steps;
    /// What the steps remove cannot be brought back: a run that stops is finished, never undone.
    bool forward_only = false;
};

}  // namespace mq::installer
