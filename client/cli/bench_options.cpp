#include "client/cli/bench_options.hpp"

#include "client/cli/option_parser.hpp"

#include <algorithm>
#include <mosquitto.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace mq::cli {
namespace {

constexpr std::pair<const char*, BenchPattern> patterns[] = {
    {"pub", BenchPattern::publish},     {"sub", BenchPattern::subscribe},
    {"pairs", BenchPattern::pairs},     {"1:1", BenchPattern::pairs},
    {"fan-in", BenchPattern::fan_in},   {"fan-out", BenchPattern::fan_out},
    {"connect", BenchPattern::connect},
};

Problem usage(std::string what) {
    return {std::move(what), "", "For help type: mqbench --help", 1};
}

/// Takes the pattern, the one word that is no option, out of the words.
Outcome<BenchPattern> take_pattern(const Options& options, std::vector<std::string>& words) {
    for (std::size_t at = 0; at < words.size(); ++at) {
        if (const OptionRow* const row = find_option(options.program, words[at])) {
            const auto count = values_of(*row, words, at, options.program);
            if (!count) {
                return count.error();
            }
            at += *count;
            continue;
        }
        for (const auto& [name, pattern] : patterns) {
            if (words[at] == name) {
                words.erase(words.begin() + static_cast<std::ptrdiff_t>(at));
                return pattern;
            }
        }
        return usage("'" + words[at] + "' is neither an option nor a pattern");
    }
    return usage("the pattern is missing: pub, sub, pairs, fan-in, fan-out or connect");
}

Outcome<void> check(const BenchOptions& options) {
    const Options& broker = options.broker;
    if (options.pattern != BenchPattern::subscribe &&
        mosquitto_pub_topic_check(options.topic(0).c_str()) != MOSQ_ERR_SUCCESS) {
        return usage("-t: '" + broker.topics.front() + "' is no beginning of a topic");
    }
    return {};
}

}  // namespace

std::size_t BenchOptions::publishers() const {
    switch (pattern) {
        case BenchPattern::publish:
        case BenchPattern::pairs:
        case BenchPattern::fan_in:
            return static_cast<std::size_t>(broker.load_clients);
        case BenchPattern::fan_out:
            return 1;
        case BenchPattern::subscribe:
        case BenchPattern::connect:
            break;
    }
    return 0;
}

std::size_t BenchOptions::receivers() const {
    switch (pattern) {
        case BenchPattern::subscribe:
        case BenchPattern::pairs:
        case BenchPattern::fan_out:
            return static_cast<std::size_t>(broker.load_clients);
        case BenchPattern::fan_in:
            return 1;
        case BenchPattern::publish:
        case BenchPattern::connect:
            break;
    }
    return 0;
}

std::size_t BenchOptions::receivers_of_each() const {
    return pattern == BenchPattern::fan_out ? receivers() : std::min<std::size_t>(receivers(), 1);
}

std::string BenchOptions::topic(std::size_t publisher) const {
    return broker.topics.front() + "/" + std::to_string(publisher);
}

std::string BenchOptions::filter(std::size_t receiver) const {
    switch (pattern) {
        case BenchPattern::pairs:
            return topic(receiver);
        case BenchPattern::fan_out:
            return topic(0);
        case BenchPattern::subscribe:
            return broker.topics.front();
        default:
            return broker.topics.front() + "/#";
    }
}

const char* name_of(BenchPattern pattern) {
    for (const auto& [name, each] : patterns) {
        if (each == pattern) {
            return name;
        }
    }
    return "";
}

Outcome<BenchOptions> read_bench_options(int argc, char** argv) {
    BenchOptions options;
    Options& broker = options.broker;
    std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
    auto pattern = take_pattern(broker, words);
    if (auto done = read_options_into(broker, words); !done) {
        return pattern ? done.error() : pattern.error();
    }
    wipe_passwords(argc, argv);
    if (broker.help || broker.show_version) {
        return options;
    }
    if (!pattern) {
        return pattern.error();
    }
    options.pattern = *pattern;
    if (broker.topics.empty()) {
        broker.topics.push_back(options.pattern == BenchPattern::subscribe
                                    ? "mqbench/#"
                                    : "mqbench/" + std::to_string(::getpid()));
    }
    if (auto done = complete_options(broker); !done) {
        return usage(done.error().what);
    }
    if (auto done = check(options); !done) {
        return done.error();
    }
    return options;
}

}  // namespace mq::cli
