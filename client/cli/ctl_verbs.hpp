#pragma once

#include "base/problem.hpp"
#include "client/cli/ctl_link.hpp"
#include "client/cli/ctl_options.hpp"

#include <boost/json/object.hpp>

#include <functional>
#include <string>

namespace mq::cli {

/// Does what the command line asks for, and prints what comes of it. The exit code is 0 where
/// there is no problem.
Outcome<void> run_ctl(CtlOptions& options);

/// One command; the `data` of its response.
Outcome<boost::json::object> ask_one(CtlLink& link, boost::json::object command);

/// All pages of a list, entry by entry. `list` names it in the data; `visit` is called for each
/// until it finds a problem.
using VisitEntry = std::function<Outcome<void>(const boost::json::object& entry)>;
Outcome<void> for_each_entry(CtlLink& link, boost::json::object command, const std::string& list,
                             const VisitEntry& visit);

// ctl_retained.cpp
Outcome<void> export_retained(CtlLink& link, const CtlOptions& options);
Outcome<void> import_retained(CtlLink& link, const CtlOptions& options);

}  // namespace mq::cli
