#include "client/cli/ctl_table.hpp"
#include "client/cli/ctl_verbs.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <fstream>
#include <iostream>
#include <memory>
#include <utility>

/// Retained messages as JSON lines, one message a line:
///
///     {"topic": TEXT, "qos": NUMBER, "payload": BASE64, "expiry": SECONDS, "properties": BASE64}
///
/// where `expiry` and `properties` may be missing; the latter are encoded as in a PUBLISH of
/// MQTT 5.0.
namespace mq::cli {
namespace {

namespace json = boost::json;

constexpr int export_page_size = 1000;
/// What one request to store messages may have.
constexpr std::size_t batch_count_max = 200;
constexpr std::size_t batch_bytes_max = std::size_t{128} << 10;

bool is_standard(const std::string& file) {
    return file.empty() || file == "-";
}

/// A file that appears under its name when it is whole, for its owner only.
class Output {
 public:
    static Outcome<std::unique_ptr<Output>> open(const std::string& path) {
        std::unique_ptr<Output> made(new Output(path));
        if (!is_standard(path)) {
            constexpr mode_t owner_only = 0600;
            const std::string name = path + ".new";
            const int fd = ::open(
                name.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, owner_only);
            made->file_ = fd < 0 ? nullptr : ::fdopen(fd, "w");
            if (made->file_ == nullptr) {
                Problem problem = system_problem("Cannot write " + name, errno);
                made->file_ = stdout;
                return problem;
            }
        }
        return made;
    }
    ~Output() {
        if (file_ != stdout) {
            std::fclose(file_);
            std::remove((path_ + ".new").c_str());
        }
    }
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;

    Outcome<void> line(const std::string& text) {
        return std::fputs((text + "\n").c_str(), file_) >= 0
                   ? Outcome<void>()
                   : system_problem("Cannot write " + name(), errno);
    }
    Outcome<void> finish() {
        if (std::fflush(file_) != 0 ||
            (file_ != stdout && std::rename((path_ + ".new").c_str(), path_.c_str()) != 0)) {
            return system_problem("Cannot write " + name(), errno);
        }
        return {};
    }

 private:
    explicit Output(std::string path) : path_(std::move(path)) {}
    [[nodiscard]] std::string name() const {
        return file_ == stdout ? "to standard output" : path_;
    }
    std::string path_;
    std::FILE* file_ = stdout;
};

/// Sends messages in batches, and counts what the broker takes.
class Import {
 public:
    explicit Import(CtlLink& link) : link_(link) {}

    Outcome<void> line(const std::string& text) {
        ++line_;
        if (text.find_first_not_of(" \t\r") == std::string::npos) {
            return {};
        }
        json::error_code error;
        json::value message = json::parse(text, error);
        if (error || !message.is_object() || !message.get_object().contains("topic")) {
            complain(line_, "this is no exported message");
            return {};
        }
        message.get_object()["command"] = "setRetained";
        batch_bytes_ += text.size();
        lines_.push_back(line_);
        batch_.push_back(std::move(message));
        return batch_.size() >= batch_count_max || batch_bytes_ >= batch_bytes_max
                   ? send()
                   : Outcome<void>();
    }

    Outcome<void> send() {
        if (batch_.empty()) {
            return {};
        }
        const auto responses = link_.ask(std::exchange(batch_, {}));
        const auto lines = std::exchange(lines_, {});
        batch_bytes_ = 0;
        if (!responses) {
            Problem problem = responses.error();
            problem.what += " (lines " + std::to_string(lines.front()) + " to " +
                            std::to_string(lines.back()) + ")";
            problem.left = std::to_string(stored_) + " message(s) were stored before.";
            return problem;
        }
        for (std::size_t i = 0; i < lines.size(); ++i) {
            const json::object* one = i < responses->size() ? (*responses)[i].if_object() : nullptr;
            if (one != nullptr && !one->contains("error")) {
                ++stored_;
                continue;
            }
            const json::value* why = one == nullptr ? nullptr : one->if_contains("error");
            complain(lines[i], why != nullptr && why->is_string()
                                   ? shown(std::string(why->get_string().c_str()))
                                   : "there is no answer about it");
        }
        return {};
    }

    [[nodiscard]] std::size_t stored() const { return stored_; }
    [[nodiscard]] std::size_t refused() const { return refused_; }

 private:
    void complain(std::size_t line, const std::string& why) {
        ++refused_;
        std::fprintf(stderr, "mqctl: line %zu: %s\n", line, why.c_str());
    }

    CtlLink& link_;
    json::array batch_;
    std::vector<std::size_t> lines_;  ///< of the batch
    std::size_t batch_bytes_ = 0;
    std::size_t line_ = 0;
    std::size_t stored_ = 0;
    std::size_t refused_ = 0;
};

Outcome<void> read_lines(std::istream& input, Import& import) {
    for (std::string line; std::getline(input, line);) {
        if (auto done = import.line(line); !done) {
            return done;
        }
    }
    return import.send();
}

}  // namespace

Outcome<void> export_retained(CtlLink& link, const CtlOptions& options) {
    auto output = Output::open(options.file);
    if (!output) {
        return output.error();
    }
    const json::object command{{"command", "getRetained"},
                               {"count", export_page_size},
                               {"filter", options.filter.empty() ? "#" : options.filter}};
    auto done = for_each_entry(link, command, "retained", [&](const json::object& message) {
        return (*output)->line(json::serialize(message));
    });
    return done ? (*output)->finish() : done;
}

Outcome<void> import_retained(CtlLink& link, const CtlOptions& options) {
    std::ifstream file;
    if (!is_standard(options.file)) {
        file.open(options.file);
        if (!file) {
            return system_problem("Cannot read " + options.file, errno);
        }
    }
    Import import(link);
    if (auto done = read_lines(is_standard(options.file) ? std::cin : file, import); !done) {
        return done;
    }
    if (options.broker.json) {
        std::printf("{\"stored\":%zu,\"refused\":%zu}\n", import.stored(), import.refused());
    } else {
        std::printf("%zu message(s) stored.\n", import.stored());
    }
    return import.refused() == 0
               ? Outcome<void>()
               : Problem{std::to_string(import.refused()) + " line(s) were not stored, see above",
                         ""};
}

}  // namespace mq::cli
