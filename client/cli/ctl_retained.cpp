#include "client/cli/ctl_table.hpp"
#include "client/cli/ctl_verbs.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <memory>
#include <sys/stat.h>
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
/// How many lines that are not stored are told one by one.
constexpr std::size_t complaints_max = 10;

bool is_standard(const std::string& file) {
    return file.empty() || file == "-";
}

/// A file that appears under its name when it is whole, for its owner only. What is there and no
/// regular file, as a pipe or a device, is written to.
class Output {
 public:
    static Outcome<std::unique_ptr<Output>> open(const std::string& path) {
        std::unique_ptr<Output> made(new Output(path));
        if (is_standard(path)) {
            return made;
        }
        const int fd = made->open_file();
        made->file_ = fd < 0 ? nullptr : ::fdopen(fd, "w");
        if (made->file_ == nullptr) {
            Problem problem = system_problem("Cannot write " + path, errno);
            made->file_ = stdout;
            return problem;
        }
        return made;
    }
    ~Output() {
        if (file_ != stdout) {
            std::fclose(file_);
        }
        if (!temporary_.empty()) {
            std::remove(temporary_.c_str());
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
            (!temporary_.empty() && std::rename(temporary_.c_str(), path_.c_str()) != 0)) {
            return system_problem("Cannot write " + name(), errno);
        }
        temporary_.clear();
        return {};
    }

 private:
    explicit Output(std::string path) : path_(std::move(path)) {}

    int open_file() {
        struct stat there {};
        const bool exists = ::stat(path_.c_str(), &there) == 0;
        if (exists && !S_ISREG(there.st_mode)) {
            return ::open(path_.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY);
        }
        if (exists) {
            follow_links();
        }
        std::string name = path_ + ".XXXXXX";
        const int fd = ::mkostemp(name.data(), O_CLOEXEC);
        temporary_ = fd < 0 ? "" : name;
        return fd;
    }
    void follow_links() {
        const std::unique_ptr<char, decltype(&std::free)> target(::realpath(path_.c_str(), nullptr),
                                                                 &std::free);
        path_ = target ? target.get() : path_;
    }
    [[nodiscard]] std::string name() const {
        return file_ == stdout ? "to standard output" : path_;
    }

    std::string path_;
    std::string temporary_;  ///< what is to become the file; empty: there is none
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
        if (++refused_ <= complaints_max) {
            std::fprintf(stderr, "mqctl: line %zu: %s\n", line, why.c_str());
        } else if (refused_ == complaints_max + 1) {
            std::fputs("mqctl: further lines are only counted\n", stderr);
        }
    }

    CtlLink& link_;
    json::array batch_;
    std::vector<std::size_t> lines_;  ///< of the batch
    std::size_t batch_bytes_ = 0;
    std::size_t line_ = 0;
    std::size_t stored_ = 0;
    std::size_t refused_ = 0;
};

struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
};

/// The next line without its end; false at the end of the file, and when it cannot be read.
bool next_line(std::FILE* file, std::string& line) {
    line.clear();
    int letter = 0;
    while ((letter = ::getc_unlocked(file)) != EOF && letter != '\n') {
        line += static_cast<char>(letter);
    }
    return std::ferror(file) == 0 && (letter != EOF || !line.empty());
}

Outcome<void> read_lines(std::FILE* file, const std::string& name, Import& import) {
    for (std::string line; next_line(file, line);) {
        if (auto done = import.line(line); !done) {
            return done;
        }
    }
    if (std::ferror(file) != 0) {
        return system_problem("Cannot read " + name, errno);
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
    std::unique_ptr<std::FILE, CloseFile> file;
    if (!is_standard(options.file)) {
        file.reset(std::fopen(options.file.c_str(), "re"));
        if (!file) {
            return system_problem("Cannot read " + options.file, errno);
        }
    }
    Import import(link);
    if (auto done =
            read_lines(file ? file.get() : stdin, file ? options.file : "standard input", import);
        !done) {
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
