#include "client/cli/standard_output.hpp"

#include <cerrno>
#include <cstdio>

namespace mq::cli {
namespace {

int first_error = 0;

}  // namespace

bool flush_output() {
    const bool written = std::fflush(stdout) == 0;
    if (written && std::ferror(stdout) == 0) {
        return true;
    }
    if (first_error == 0) {
        first_error = written ? EIO : errno;  // one that printing has met is not known any more
    }
    return false;
}

int output_error() {
    return first_error;
}

}  // namespace mq::cli
