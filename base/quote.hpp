#pragma once

#include <string>

namespace mq {

/// `text` in single quotes, as any POSIX shell (and zsh) reads it back unchanged.
std::string quote_posix(const std::string& text);

}  // namespace mq
