/// Files: opening with care, reading and replacing as a whole.

#include "client/include/mosquitto/libcommon_file.h"
#include "client/lib/c_memory.hpp"
#include "client/lib/guarded.hpp"
#include "client/lib/secret_file.hpp"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <climits>
#include <string>
#include <unistd.h>

using namespace mq::client;

namespace {

struct CloseFile {
    void operator()(FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<FILE, CloseFile>;

constexpr int line_bytes_step = 1000;
constexpr std::size_t read_bytes_step = 16'384;

int failed_call(void (*log)(const char*), const std::string& what) {
    const int error = errno;
    if (log != nullptr) {
        log((what + ": " + std::strerror(error)).c_str());
    }
    errno = error;
    return MOSQ_ERR_ERRNO;
}

bool grow(char** buf, int* buflen) {
    if (*buflen > INT_MAX - line_bytes_step) {
        return false;
    }
    const int size = std::max(*buflen, 0) + line_bytes_step;
    auto* larger = static_cast<char*>(std::realloc(*buf, static_cast<std::size_t>(size)));
    if (larger == nullptr) {
        return false;
    }
    *buf = larger;
    *buflen = size;
    return true;
}

/// Writes the content, down to the disk.
int write_new(const std::string& path, bool restrict_read, int (*write)(FILE*, void*), void* data,
              void (*log)(const char*)) {
    File file(mosquitto_fopen(path.c_str(), "wbx", restrict_read));
    if (!file) {
        return failed_call(log, "cannot create " + path);
    }
    if (const int error = write(file.get(), data); error != MOSQ_ERR_SUCCESS) {
        return error;
    }
    if (std::fflush(file.get()) != 0 || ::fsync(fileno(file.get())) != 0) {
        return failed_call(log, "cannot write " + path);
    }
    return std::fclose(file.release()) == 0 ? MOSQ_ERR_SUCCESS
                                            : failed_call(log, "cannot write " + path);
}

int replace(const std::string& path, bool restrict_read, int (*write)(FILE*, void*), void* data,
            void (*log)(const char*)) {
    const std::string fresh = path + ".new";
    if (::unlink(fresh.c_str()) != 0 && errno != ENOENT) {
        return failed_call(log, "cannot remove " + fresh);
    }
    int error = write_new(fresh, restrict_read, write, data, log);
    if (error == MOSQ_ERR_SUCCESS && std::rename(fresh.c_str(), path.c_str()) != 0) {
        error = failed_call(log, "cannot rename " + fresh + " to " + path);
    }
    if (error == MOSQ_ERR_SUCCESS) {
        sync_directory_of(path);
    } else {
        const int kept = errno;
        ::unlink(fresh.c_str());
        errno = kept;
    }
    return error;
}

/// Reads to the end; empty with errno on an error.
CMemory<char> read_all(FILE* file, std::size_t& size) {
    CMemory<char> all = c_bytes(read_bytes_step);
    std::size_t room = read_bytes_step;
    size = 0;
    for (;;) {
        size += std::fread(all.get() + size, 1, room - size, file);
        if (size < room) {
            break;
        }
        room *= 2;
        auto* larger = static_cast<char*>(std::realloc(all.get(), room + 1));
        if (larger == nullptr) {
            throw std::bad_alloc();
        }
        static_cast<void>(all.release());
        all.reset(larger);
    }
    if (std::ferror(file) != 0) {
        return {};
    }
    all.get()[size] = '\0';
    return all;
}

}  // namespace

FILE* mosquitto_fopen(const char* path, const char* mode, bool restrict_read) {
    if (path == nullptr || mode == nullptr) {
        errno = EINVAL;
        return nullptr;
    }
    return open_regular_file(path, mode, restrict_read);
}

char* mosquitto_fgets(char** buf, int* buflen, FILE* stream) {
    if (buf == nullptr || buflen == nullptr || stream == nullptr) {
        return nullptr;
    }
    int length = 0;
    for (;;) {
        if ((*buf == nullptr || *buflen - length < 2) && !grow(buf, buflen)) {
            return nullptr;
        }
        const int next = std::fgetc(stream);
        if (next == '\0' || (next == EOF && (length == 0 || std::ferror(stream) != 0))) {
            return nullptr;
        }
        if (next != EOF) {
            (*buf)[length++] = static_cast<char>(next);
        }
        if (next == EOF || next == '\n') {
            (*buf)[length] = '\0';
            return *buf;
        }
    }
}

int mosquitto_write_file(const char* target_path, bool restrict_read,
                         int (*write_fn)(FILE* fptr, void* user_data), void* user_data,
                         void (*log_fn)(const char* msg)) {
    if (target_path == nullptr || *target_path == '\0' || write_fn == nullptr) {
        return MOSQ_ERR_INVAL;
    }
    return guarded(
        [&] { return replace(target_path, restrict_read, write_fn, user_data, log_fn); });
}

int mosquitto_read_file(const char* file, bool restrict_read, char** buf, size_t* buflen) {
    if (file == nullptr || buf == nullptr) {
        return MOSQ_ERR_INVAL;
    }
    *buf = nullptr;
    return guarded([&] {
        const File stream(mosquitto_fopen(file, "rb", restrict_read));
        if (!stream) {
            return MOSQ_ERR_ERRNO;
        }
        std::size_t size = 0;
        auto content = read_all(stream.get(), size);
        if (!content) {
            return MOSQ_ERR_ERRNO;
        }
        *buf = content.release();
        if (buflen != nullptr) {
            *buflen = size;
        }
        return MOSQ_ERR_SUCCESS;
    });
}

char* mosquitto_trimblanks(char* str) {
    if (str == nullptr) {
        return nullptr;
    }
    const auto blank = [](char letter) {
        return std::isspace(static_cast<unsigned char>(letter)) != 0;
    };
    while (blank(*str)) {
        ++str;
    }
    std::size_t length = std::strlen(str);
    while (length > 0 && blank(str[length - 1])) {
        --length;
    }
    str[length] = '\0';
    return str;
}
