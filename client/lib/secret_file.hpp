#pragma once

#include <cstdio>
#include <string>

/// Opening files that may hold secrets, for the functions of libcommon_file.h.
namespace mq::client {

/// fopen(3) for regular files; the modes are those of C11. `secret`: a new file gets mode 0600, "w"
/// does not write over an existing file, the last part of the path may be no symbolic link unless
/// the environment has MOSQUITTO_UNSAFE_ALLOW_SYMLINKS, and a file that others own or may use gets
/// a warning on standard error. Null with errno: ELOOP for a link, EEXIST, EINVAL for a mode,
/// ENOTSUP for what is no regular file.
std::FILE* open_regular_file(const char* path, const char* mode, bool secret);

/// Makes a new name in the directory of `path` survive a power cut, if the file system can.
void sync_directory_of(const std::string& path);

}  // namespace mq::client
