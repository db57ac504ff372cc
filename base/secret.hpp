#pragma once

#include <openssl/crypto.h>

#include <string>
#include <string_view>
#include <utility>

namespace mq {

/// Owns a password; the memory is wiped when the owner goes or is moved from. It cannot be copied.
class Secret {
 public:
    Secret() = default;
    /// Takes over `text` and wipes what the move left behind.
    explicit Secret(std::string&& text) : text_(std::move(text)) { wipe(text); }
    Secret(Secret&& other) noexcept : text_(std::move(other.text_)) { wipe(other.text_); }
    Secret& operator=(Secret&& other) noexcept {
        if (this != &other) {
            wipe(text_);
            text_ = std::move(other.text_);
            wipe(other.text_);
        }
        return *this;
    }
    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;
    ~Secret() { wipe(text_); }

    [[nodiscard]] std::string_view view() const { return text_; }
    [[nodiscard]] bool empty() const { return text_.empty(); }

    /// Overwrites every byte that the string may own, then empties it.
    static void wipe(std::string& text) {
        text.resize(text.capacity());
        OPENSSL_cleanse(text.data(), text.size());
        text.clear();
    }

 private:
    std::string text_;
};

}  // namespace mq
