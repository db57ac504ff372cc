#pragma once

#include <map>
#include <string>
#include <string_view>

namespace mq::templates {

/// Text of the template `name` (a file of templates/text) with each `{{KEY}}` replaced by its
/// value. Values go in as they are: whoever fills them in quotes them as the target format asks.
/// Templates hold no logic. A template that does not exist, a placeholder without a value and a
/// value without a placeholder are mistakes of ours and end the program by assertion.
std::string render(std::string_view name, const std::map<std::string, std::string>& values);

}  // namespace mq::templates
