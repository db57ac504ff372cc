#pragma once

namespace mq {

/// Version of this build, as in `1.2.0`. In a translation unit of its own, so that a build of
/// another version differs in one object file.
extern const char* const version;

}  // namespace mq
