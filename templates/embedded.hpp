#pragma once

#include <string_view>
#include <vector>

namespace mq::templates {

/// One file of text/ as the build put it into the program.
struct Embedded {
    std::string_view name;
    std::string_view text;
};

const std::vector<Embedded>& embedded();

}  // namespace mq::templates
