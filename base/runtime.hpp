#pragma once

namespace mq {

/// Comes first in every `main`. Makes one static program work on any host:
///  - name service is pinned to files and dns, since any other module would be loaded from the
///  host's
///    libc and end the process;
///  - OpenSSL reads no configuration file of the host (it may name providers to load);
///  - descriptors 0 to 2 are open, if only to /dev/null: a file or socket in their place would get
///  what is meant for a terminal or log;
///  - SIGPIPE is ignored, so that a closed peer or pipe is an error code;
///  - SIGXFSZ is ignored, so that a file at the account's size limit is one, too.
/// Programs never call iconv, setlocale or dlopen.
void runtime_init();

}  // namespace mq
