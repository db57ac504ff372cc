#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

namespace mq::broker {

/// An immutable text that often is not there: one word, and a block only
/// where there is a text, be it an empty one.
class SmallText {
 public:
    SmallText() = default;
    explicit SmallText(std::string_view text)
        : block_(std::make_unique<char[]>(sizeof(std::uint32_t) + text.size())) {
        const auto size = static_cast<std::uint32_t>(text.size());
        std::memcpy(block_.get(), &size, sizeof size);
        std::memcpy(block_.get() + sizeof size, text.data(), text.size());
    }

    [[nodiscard]] bool present() const { return block_ != nullptr; }
    /// Empty where there is none.
    [[nodiscard]] std::string_view view() const {
        if (block_ == nullptr) {
            return {};
        }
        std::uint32_t size = 0;
        std::memcpy(&size, block_.get(), sizeof size);
        return {block_.get() + sizeof size, size};
    }

 private:
    std::unique_ptr<char[]> block_;
};

}  // namespace mq::broker
