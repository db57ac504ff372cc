#include "installer/prefix/environment.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace mq::installer;

TEST(PrefixPath, TakesBlanksPercentAndLettersOfAnyLanguage) {
    for (const char* path : {"/home/u/mqhome", "/home/two words/mq", "/home/100%/mq",
                             "/home/ä日/mq", "/a;b#c/mq", "/a$HOME/`x`/mq"}) {
        EXPECT_TRUE(check_prefix_path(path)) << path;
    }
}

TEST(PrefixPath, RefusesWhatNoFormatCanHold) {
    for (const char* path : {"relative", "", "/a:b", "/a'b", "/a\"b", "/a\\b", "/a\nb", "/a ;b",
                             "/a #b", "/ab ", "/a\xff"}) {
        const auto checked = check_prefix_path(path);
        ASSERT_FALSE(checked) << path;
        EXPECT_EQ(checked.error().exit_code, 6);
    }
}
