#pragma once

#include "broker/net/numeric_address.hpp"
#include "broker/net/trusted_proxies.hpp"

#include <optional>
#include <string_view>

namespace mq::broker {

/// What a request says about who sent it. Several lines of one header are joined with commas, in
/// their order; empty: the request has no such header.
struct ForwardedHeaders {
    std::string_view x_forwarded_for;
    std::string_view forwarded;
    std::string_view x_real_ip;
};

/// The client's true address behind `peer`, from whom the request came. Nothing where the request
/// tells none that may be believed: `peer` is no trusted proxy, or there is no such header, or it
/// is malformed or hides the address. Then `peer` is all that is known.
///
/// Each proxy adds at the end of a list whom it got the request from, and anyone can send a list
/// that begins with lies. So the list is read from its end: over the trusted proxies to the first
/// address that is none of them, which a trusted proxy has seen with its own eyes. Where all are
/// trusted, the first one counts.
///
/// `X-Forwarded-For` is asked first, since nearly every proxy writes that one, and a proxy passes
/// on what it does not know of: then `Forwarded` (RFC 7239), then `X-Real-IP`.
std::optional<HostPort> forwarded_address(const ForwardedHeaders& headers, std::string_view peer,
                                          const TrustedProxies& trusted);

}  // namespace mq::broker
