#include "base/directories.hpp"

#include <unistd.h>

namespace mq {

namespace fs = std::filesystem;

Outcome<int> make_directories(const fs::path& directory) {
    int made = 0;
    std::error_code error;
    for (fs::path above = directory; !fs::exists(above, error); above = above.parent_path()) {
        ++made;
    }
    fs::create_directories(directory, error);
    if (error) {
        return system_problem("cannot make the directory " + directory.string(), error.value(), 6);
    }
    return made;
}

void remove_directories(fs::path directory, int count) {
    for (; count > 0 && ::rmdir(directory.c_str()) == 0; --count) {
        directory = directory.parent_path();
    }
}

}  // namespace mq
