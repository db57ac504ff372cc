// An options file of mqpub, mqsub and mqrr, as its owner wrote it: whatever it says, the options
// are read or a problem names the line. Options that would read another file or standard input are
// left out.
#include "client/cli/option_check.hpp"
#include "client/cli/option_parser.hpp"
#include "client/cli/options_file.hpp"

#include <cstdlib>

using namespace mq::cli;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    const auto program = static_cast<Program>(1U << (data[0] % 3U));
    const std::string_view content(reinterpret_cast<const char*>(data) + 1, size - 1);
    const auto lines = parse_options_file(content);
    if (!lines) {
        if (lines.error().what.find("line ") == std::string::npos) {
            std::abort();
        }
        return 0;
    }
    Options options(program);
    for (const auto& line : *lines) {
        if (line.option.starts_with("--pw-")) {
            continue;
        }
        if (!parse_options(options, words_of(line, program))) {
            return 0;
        }
    }
    static_cast<void>(check_options(options));
    return 0;
}
