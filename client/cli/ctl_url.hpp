#pragma once

#include "base/problem.hpp"
#include "client/cli/ctl_options.hpp"

#include <string>
#include <string_view>

namespace mq::cli {

/// The parts of `SCHEME://[USER[:PASSWORD]@]HOST[:PORT]`; what stands behind a slash is passed
/// over.
struct UrlParts {
    std::string scheme;
    std::string host;  ///< an IPv6 address without its brackets
    int port = 0;      ///< 0: none
    std::string user;
    std::string password;
};

/// A problem where the scheme is not the one that is wanted (empty: any), or the rest none of this
/// form.
Outcome<UrlParts> read_url(std::string_view url, std::string_view scheme);

/// Puts what -L says into the route: `mqtt://` or `mqtts://`.
Outcome<void> apply_url(CtlRoute& route);

}  // namespace mq::cli
