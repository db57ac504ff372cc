#include "client/cli/ctl_table.hpp"

#include <gtest/gtest.h>

namespace mq::cli {
namespace {

TEST(CtlTable, ColumnsAreAsWideAsTheyMustBe) {
    CtlTable table({"A", "LONGER", "C"});
    table.add({"first", "x", "y"});
    table.add({"\u00e4", "", "z"});
    EXPECT_EQ(table.text(),
              "A      LONGER  C\n"
              "first  x       y\n"
              "\u00e4              z\n");
}

TEST(CtlTable, NothingThatComesFromClientsMovesTheCursor) {
    EXPECT_EQ(shown("a\x1b[2J\nb\x7f\u0085\u00e4"), "a?[2J?b??\u00e4");
    CtlTable table({"H"});
    table.add({"\t"});
    EXPECT_EQ(table.text(), "H\n?\n");
}

}  // namespace
}  // namespace mq::cli
