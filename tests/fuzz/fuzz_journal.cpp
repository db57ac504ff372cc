#include "installer/plan/journal.hpp"

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <string_view>

/// Whatever stands in a journal, reading it ends; what it says was done was begun in a plan.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    const auto record = mq::installer::JournalRecord::parse(text);
    if (record) {
        assert(!record->command.empty());
        assert(text.find("begin\n") != std::string_view::npos);
    }
    return 0;
}
