#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mq::cli {

/// A table for a person: columns as wide as they must be, two blanks between them.
class CtlTable {
 public:
    explicit CtlTable(std::vector<std::string> heads) : rows_{std::move(heads)} {}
    /// As many cells as there are heads.
    void add(std::vector<std::string> cells);
    /// The heads alone where there is no row.
    [[nodiscard]] std::string text() const;

 private:
    std::vector<std::vector<std::string>> rows_;
};

/// Text of clients as a terminal may get it: control characters are shown as `?`.
std::string shown(std::string_view text);

}  // namespace mq::cli
