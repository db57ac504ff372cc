#include "base/version.hpp"

namespace mq {

const char* const version = MQ_VERSION;

}  // namespace mq
