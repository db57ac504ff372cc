#include "installer/plan/journal.hpp"

#include "base/file.hpp"
#include "installer/words.hpp"

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace mq::installer {
namespace {

constexpr std::string_view first_line = "mqhome-journal 1";

std::string head_of(const Plan& plan) {
    std::string text = std::string(first_line) + "\ncommand " + escape_word(plan.command) + "\n";
    for (const auto& [name, value] : plan.parameters) {
        text += "parameter " + escape_word(name) + " " + escape_word(value) + "\n";
    }
    for (const Step& step : plan.steps) {
        text += "step " + escape_word(step.name) + "\n";
    }
    return text + "begin\n";
}

/// Takes one line of the head.
bool take_head(JournalRecord& record, const std::vector<std::string_view>& words) {
    const auto first = words.size() > 1 ? unescape_word(words[1]) : std::nullopt;
    if (!first) {
        return false;
    }
    if (words[0] == "command" && words.size() == 2) {
        record.command = *first;
        return true;
    }
    if (words[0] == "step" && words.size() == 2) {
        record.steps.push_back(*first);
        return true;
    }
    const auto second = words.size() == 3 ? unescape_word(words[2]) : std::nullopt;
    if (words[0] == "parameter" && second) {
        return record.parameters.emplace(*first, *second).second;
    }
    return false;
}

/// Takes one line of the body; words that are not known say nothing.
void take_event(JournalRecord& record, const std::vector<std::string_view>& words) {
    const auto name = words.size() == 2 ? unescape_word(words[1]) : std::nullopt;
    if (words[0] == "end") {
        record.finished = true;
    } else if (name && words[0] == "before") {
        record.begun.insert(*name);
    } else if (name && words[0] == "after") {
        record.performed.insert(*name);
    } else if (name && words[0] == "undone") {
        record.undone.insert(*name);
    }
}

}  // namespace

std::optional<JournalRecord> JournalRecord::parse(std::string_view text) {
    JournalRecord record;
    bool begun = false;
    bool first = true;
    for (;;) {
        const auto newline = text.find('\n');
        if (newline == std::string_view::npos) {
            break;
        }
        const auto line = text.substr(0, newline);
        text.remove_prefix(newline + 1);
        if (first) {
            if (line != first_line) {
                return std::nullopt;
            }
            first = false;
        } else if (begun) {
            take_event(record, split_words(line));
        } else if (line == "begin") {
            begun = true;
        } else if (!take_head(record, split_words(line))) {
            return std::nullopt;
        }
    }
    if (!begun || record.command.empty()) {
        return std::nullopt;
    }
    return record;
}

Outcome<Journal> Journal::start(const std::filesystem::path& path, const Plan& plan) {
    if (auto written = replace_file(path, head_of(plan)); !written) {
        return written.error();
    }
    return resume(path);
}

Outcome<Journal> Journal::resume(const std::filesystem::path& path) {
    const auto text = read_file(path);
    if (!text) {
        return text.error();
    }
    UniqueFd fd(::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
    if (!fd) {
        return system_problem("cannot open " + path.string(), errno);
    }
    // A line that was cut off must not become part of the next one.
    const auto whole = text->rfind('\n') + 1;
    if (whole != text->size() && ::ftruncate(fd.get(), static_cast<off_t>(whole)) != 0) {
        return system_problem("cannot write " + path.string(), errno);
    }
    return Journal(std::move(fd), path);
}

Outcome<std::optional<JournalRecord>> Journal::read(const std::filesystem::path& path) {
    std::error_code error;
    if (!std::filesystem::exists(path, error)) {
        return std::optional<JournalRecord>();
    }
    const auto text = read_file(path);
    if (!text) {
        return text.error();
    }
    return JournalRecord::parse(*text);
}

Outcome<void> Journal::add(const std::string& line) {
    const std::string text = line + "\n";
    const ssize_t n = ::write(fd_.get(), text.data(), text.size());
    if (n != static_cast<ssize_t>(text.size())) {
        return system_problem("cannot write " + path_.string(), n < 0 ? errno : ENOSPC);
    }
    if (::fsync(fd_.get()) != 0) {
        return system_problem("cannot write " + path_.string(), errno);
    }
    return {};
}

}  // namespace mq::installer
