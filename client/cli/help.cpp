#include "client/cli/help.hpp"

#include "base/version.hpp"
#include "client/cli/environment.hpp"
#include "client/cli/option_parser.hpp"
#include "client/cli/option_table.hpp"

namespace mq::cli {
namespace {

constexpr std::size_t help_column = 32;
constexpr std::size_t columns = 80;

struct Texts {
    const char* purpose;
    const char* usage;
    const char* examples;
};

constexpr const char* bench_usage = R"(mqbench [OPTIONS] PATTERN

Patterns:
  pub         clients publish, nobody receives
  sub         clients receive what others publish; latency is that of messages
              by mqbench on this machine
  pairs, 1:1  each publisher has a receiver
  fan-in      clients publish, one receives
  fan-out     one publishes, clients receive
  connect     clients connect and leave, again and again)";

Texts texts_of(Program program) {
    switch (program) {
        case program_pub:
            return {"publishes messages to an MQTT broker",
                    "mqpub [OPTIONS] -t TOPIC (-m TEXT | -f FILE | -l | -n | -s)",
                    "  mqpub -h broker.example -t rooms/kitchen/lamp -m on\n"
                    "  sensor | mqpub -L mqtts://anna@broker.example/sensors/1 --pw-file pw -l\n"
                    "  mqpub -t config -r -q 1 -V 5 -D publish content-type text/plain -f a.txt\n"};
        case program_sub:
            return {"prints the messages of an MQTT broker", "mqsub [OPTIONS] -t FILTER...",
                    "  mqsub -h broker.example -v -t 'rooms/#'\n"
                    "  mqsub -t sensors/+ -F '@H:@M %t %p' -C 10\n"
                    "  mqsub -L mqtts://anna@broker.example/sensors/# --pw-stdin --json | jq .\n"};
        case program_rr:
            return {"sends a request to an MQTT broker and prints the response",
                    "mqrr [OPTIONS] -t TOPIC -e TOPIC (-m TEXT | -f FILE | -n | -s)",
                    "  mqrr -t lamp/ask -e lamp/answer -m state -W 5\n"
                    "  mqrr -h broker.example -t time -e time/answers/1 -n -v\n"
                    "  echo '{\"get\":1}' | mqrr -t ask -e answer -s -F %J --pretty\n"};
        case program_ctl:
            return {"looks into a running MQTT broker, and gives it orders",
                    "mqctl [OPTIONS] COMMAND ...",
                    "  mqctl clients list\n"
                    "  mqctl retained export 'home/#' -f home.jsonl\n"
                    "  mqctl -h broker.example -u admin queues top --json\n"};
        case program_bench:
            return {"loads an MQTT broker, and tells how fast that is", bench_usage,
                    "  mqbench pairs -n 10 -q 1\n"
                    "  mqbench fan-out -n 1000 --rate 100 --size 1000 --duration 60\n"
                    "  mqbench connect -n 50 -h broker.example --json\n"};
    }
    return {};
}

const char* title_of(OptionGroup group) {
    switch (group) {
        case OptionGroup::here:
            return "Broker of this account";
        case OptionGroup::broker:
            return "Broker";
        case OptionGroup::session:
            return "Session";
        case OptionGroup::will:
            return "Will";
        case OptionGroup::tls:
            return "TLS";
        case OptionGroup::message:
            return "Message";
        case OptionGroup::load:
            return "Load";
        case OptionGroup::subscription:
            return "Subscription";
        case OptionGroup::output:
            return "Output and end";
        case OptionGroup::help:
            return "Help";
    }
    return "";
}

void append_option(const OptionRow& row, std::string& out) {
    std::string left = (*row.letter == '\0' ? "      " : "  ") + row.names();
    if (*row.value_name != '\0') {
        left += std::string(" ") + row.value_name;
    }
    const std::string help = row.help;
    if (left.size() + 2 > help_column || help_column + help.size() > columns) {
        out += left + "\n";
        left.clear();
    }
    const std::size_t indent = std::min(help_column, columns - help.size());
    left.resize(indent, ' ');
    out += left + help + "\n";
}

void append_variables(Program program, std::string& out) {
    out += "\nEnvironment, where neither options nor the options file say so:\n";
    std::string line = " ";
    for (const Variable& variable : environment_variables()) {
        if ((variable.programs & program) == 0) {
            continue;
        }
        const std::string word = std::string(" ") + variable.name;
        if (line.size() + word.size() > columns) {
            out += line + "\n";
            line = " ";
        }
        line += word;
    }
    out += line + "\n";
}

}  // namespace

std::string help_text(Program program, const std::string& more) {
    const Texts texts = texts_of(program);
    std::string out = std::string(program_name(program)) + " " + version + ": " + texts.purpose +
                      "\n\nUsage: " + texts.usage + "\n" + more;
    const OptionRow* before = nullptr;
    for (const auto& row : option_table()) {
        if ((row.programs & program) == 0) {
            continue;
        }
        if (before == nullptr || before->group != row.group) {
            out += std::string("\n") + title_of(row.group) + ":\n";
        }
        append_option(row, out);
        before = &row;
    }
    append_variables(program, out);
    return out + "\nExamples:\n" + texts.examples;
}

std::string version_text(Program program) {
    int major = 0;
    int minor = 0;
    int revision = 0;
    mosquitto_lib_version(&major, &minor, &revision);
    return std::string(program_name(program)) + " version " + version +
           " running on libmosquitto " + std::to_string(major) + "." + std::to_string(minor) + "." +
           std::to_string(revision) + ".\n";
}

}  // namespace mq::cli
