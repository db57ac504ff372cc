#pragma once

#include <memory>
#include <mosquitto.h>

namespace mq::cli {

struct PropertyListFree {
    void operator()(mosquitto_property* list) const { mosquitto_property_free_all(&list); }
};

/// A list of properties of the C interface, with an owner. Null is the empty list.
using PropertyList = std::unique_ptr<mosquitto_property, PropertyListFree>;

/// Appends by one of the `mosquitto_property_add_...` functions; its error.
template <class Add, class... Values>
int append_property(PropertyList& list, Add add, int identifier, Values... values) {
    mosquitto_property* raw = list.release();
    const int result = add(&raw, identifier, values...);
    list.reset(raw);
    return result;
}

}  // namespace mq::cli
