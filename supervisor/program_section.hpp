#pragma once

#include "base/problem.hpp"
#include "supervisor/driver.hpp"

#include <string>
#include <string_view>

namespace mq::supervisor {

/// The file `NAME.ini` with the section of one program of supervisord.
///
/// Its first line is ours:
///
///     ; mqhome service file (directories made: 1, sha256 of all below: 3a7b…)
///
/// The checksum tells a user's edit from what we wrote; the number says how many directories above
/// the file were made for it and may go with it when empty.
///
/// supervisord reads values without a way to escape: ` ;` and ` #` begin a comment even inside
/// quotes, a quote or backslash changes its meaning between releases, and `%` must be doubled
/// (and once more in `stdout_logfile`, which it expands twice). So values with the former are
/// refused (problem with exit code 6), and `%` is doubled.
Outcome<std::string> program_section(const Service& service, int directories_made);

struct SectionFacts {
    bool ours = false;    ///< has our first line
    bool edited = false;  ///< the rest is not what we wrote
    int directories_made = 0;
};
SectionFacts section_facts(std::string_view text);

/// Seconds that the broker must stay up to count as started. Explicit, since Uberspace puts in 30
/// where it is missing, and a start would wait as long. The broker listens within one second and
/// ends at once when its configuration is wrong.
inline constexpr int start_seconds = 5;
/// Seconds that the broker has to save its state before it is killed.
inline constexpr int stop_wait_seconds = 30;

}  // namespace mq::supervisor
