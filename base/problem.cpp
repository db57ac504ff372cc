#include "base/problem.hpp"

#include <stdexcept>
#include <system_error>

namespace mq {

std::string Problem::text() const {
    std::string all = what;
    for (const std::string* part : {&left, &next}) {
        if (!part->empty()) {
            all += '\n';
            all += *part;
        }
    }
    return all;
}

Problem system_problem(const std::string& what, int error, int exit_code) {
    return {what + ": " + std::system_category().message(error), "", "", exit_code};
}

void throw_exception_from_error(const Problem& problem, const boost::source_location&) {
    throw std::runtime_error(problem.text());
}

}  // namespace mq
