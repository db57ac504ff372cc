// mosquitto.conf: no text makes the parser fail other than by saying so. The same text serves as
// the included files.
#include "broker/config/load.hpp"
#include "broker/config/startup_report.hpp"

#include <cassert>
#include <cstdint>
#include <string>

namespace {

class SameText final : public mq::broker::ConfigSource {
 public:
    explicit SameText(std::string text) : text_(std::move(text)) {}
    mq::Outcome<std::vector<std::string>> list(const std::string&) override {
        return std::vector<std::string>{"b.conf", "a.conf", "a"};
    }
    /// Empty from the fourth on: files that include each other many times take all the time else.
    mq::Outcome<std::string> read(const std::string&) override {
        return ++read_ > 3 ? std::string() : text_;
    }

 private:
    std::string text_;
    int read_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(data, data + size);
    SameText source(text);
    const auto result = mq::broker::parse_config(text, "fuzz.conf", source);
    (void)mq::broker::diagnostics_text(result.diagnostics);
    if (result.good()) {
        assert(!result.config.listeners.empty());
        assert(!mq::broker::startup_report(result.config).empty());
    }
    return 0;
}
