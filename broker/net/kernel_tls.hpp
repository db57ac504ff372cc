#pragma once

namespace mq::broker {

/// Whether the kernel can do the records of TLS itself, now: a module that was not loaded is not
/// there for a program without rights. `list` is the kernel's list of what sockets can speak.
bool kernel_has_tls(const char* list = "/proc/sys/net/ipv4/tcp_available_ulp");

}  // namespace mq::broker
