#include "broker/net/kernel_tls.hpp"

#include <fstream>
#include <string>

namespace mq::broker {

bool kernel_has_tls(const char* list) {
    std::ifstream names(list);
    for (std::string name; names >> name;) {
        if (name == "tls") {
            return true;
        }
    }
    return false;
}

}  // namespace mq::broker
