#pragma once

#include "installer/steps/change.hpp"

namespace mq::installer {

/// The plan of `uninstall`. It only goes forward: each step removes something, and finds it gone
/// when it is done again. The manifest goes last, so that a run that is cut off can be repeated.
Plan removal_plan(const SharedWork& work);

}  // namespace mq::installer
