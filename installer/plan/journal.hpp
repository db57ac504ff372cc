#pragma once

#include "base/problem.hpp"
#include "base/unique_fd.hpp"
#include "installer/plan/step.hpp"

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace mq::installer {

/// What a journal says about the last run.
struct JournalRecord {
    std::string command;
    Parameters parameters;
    std::vector<std::string> steps;   ///< names in the order of the plan
    std::set<std::string> begun;      ///< `before` was written
    std::set<std::string> performed;  ///< `after` was written
    std::set<std::string> undone;     ///< `undone` was written
    bool finished = false;            ///< `end` was written: nothing is left to do

    /// What the whole lines of a journal say; nothing when it holds no begun run: the head is not
    /// complete (then no step was begun either) or it is no journal of this format.
    static std::optional<JournalRecord> parse(std::string_view text);
};

/// The record of one run in `state/journal`, so that a later process can finish or undo what a kill
/// or a power cut left. Lines of blank-separated words, escaped as in words.hpp:
///
///     mqhome-journal 1
///     command upgrade
///     parameter from 0.1.0            one line each
///     step unpack                     the whole plan, in order
///     step commit
///     begin                           from here on steps are done
///     before unpack
///     after unpack
///     before health
///     failed health
///     undone health                   in reverse order
///     undone unpack
///     end done | end undone
///
/// Each line is on disk (fsync) before the run goes on: `before` before a step touches anything,
/// `after` when its work is on disk. Lines are only ever added; a last line without its newline was
/// cut off and does not count. A run without `end` is unfinished. A new run starts a new file.
class Journal {
 public:
    /// Starts a new journal with the head of this plan.
    static Outcome<Journal> start(const std::filesystem::path& path, const Plan& plan);
    /// Goes on with the journal of an unfinished run.
    static Outcome<Journal> resume(const std::filesystem::path& path);
    /// What the journal at `path` says; nothing when there is no journal or no begun run in it.
    static Outcome<std::optional<JournalRecord>> read(const std::filesystem::path& path);

    Outcome<void> before(const Step& step) { return add("before " + step.name); }
    Outcome<void> after(const Step& step) { return add("after " + step.name); }
    Outcome<void> failed(const Step& step) { return add("failed " + step.name); }
    Outcome<void> undone(const Step& step) { return add("undone " + step.name); }
    Outcome<void> end_done() { return add("end done"); }
    Outcome<void> end_undone() { return add("end undone"); }

 private:
    explicit Journal(UniqueFd fd, std::filesystem::path path)
        : fd_(std::move(fd)), path_(std::move(path)) {}
    Outcome<void> add(const std::string& line);

    UniqueFd fd_;
    std::filesystem::path path_;
};

}  // namespace mq::installer
