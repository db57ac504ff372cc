#include "installer/prefix/manifest.hpp"

#include "base/file.hpp"
#include "installer/exit_code.hpp"

#include <boost/json.hpp>

namespace mq::installer {
namespace {

namespace json = boost::json;

std::string text_of(const json::object& object, std::string_view name, std::string otherwise) {
    const auto* value = object.if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->get_string().c_str())
                                                  : std::move(otherwise);
}

int number_of(const json::object& object, std::string_view name, int otherwise) {
    const auto* value = object.if_contains(name);
    return value != nullptr && value->is_int64() ? static_cast<int>(value->get_int64()) : otherwise;
}

std::map<std::string, std::string> map_of(const json::object& object, std::string_view name) {
    std::map<std::string, std::string> map;
    const auto* value = object.if_contains(name);
    if (value != nullptr && value->is_object()) {
        for (const auto& [key, entry] : value->get_object()) {
            if (entry.is_string()) {
                map.emplace(std::string(key), entry.get_string().c_str());
            }
        }
    }
    return map;
}

json::object object_of(const std::map<std::string, std::string>& map) {
    json::object object;
    for (const auto& [name, value] : map) {
        object[name] = value;
    }
    return object;
}

}  // namespace

bool is_installed(const Layout& layout) {
    std::error_code error;
    return std::filesystem::exists(layout.manifest(), error);
}

Outcome<Manifest> load_manifest(const Layout& layout) {
    if (!is_installed(layout)) {
        return Problem{"nothing is installed in " + layout.prefix.string(), "",
                       "Type `mqinstall install`, or name the right place with --prefix.",
                       to_int(ExitCode::not_running)};
    }
    const auto text = read_file(layout.manifest());
    if (!text) {
        return text.error();
    }
    boost::system::error_code error;
    const auto value = json::parse(*text, error);
    if (error || !value.is_object() || text_of(value.get_object(), "version", "").empty()) {
        return Problem{layout.manifest().string() + " is not readable as a manifest",
                       "Nothing was changed.", "Restore it from the newest file in backups/."};
    }
    const auto& object = value.get_object();
    Manifest manifest;
    manifest.version = text_of(object, "version", "");
    manifest.parent = text_of(object, "parent", "");
    manifest.parents = map_of(object, "parents");
    manifest.driver = text_of(object, "driver", manifest.driver);
    manifest.supervisorctl = text_of(object, "supervisorctl", manifest.supervisorctl);
    const auto* service = object.if_contains("service");
    manifest.service = service == nullptr || !service->is_bool() || service->get_bool();
    manifest.port = number_of(object, "port", manifest.port);
    manifest.ws_port = number_of(object, "ws_port", manifest.ws_port);
    if (const auto* files = object.if_contains("profile_files"); files && files->is_array()) {
        for (const auto& file : files->get_array()) {
            if (file.is_string()) {
                manifest.profile_files.emplace_back(file.get_string().c_str());
            }
        }
    }
    manifest.files = map_of(object, "files");
    return manifest;
}

Outcome<void> save_manifest(const Layout& layout, const Manifest& manifest) {
    json::object object;
    object["version"] = manifest.version;
    object["parent"] = manifest.parent;
    object["parents"] = object_of(manifest.parents);
    object["driver"] = manifest.driver;
    object["supervisorctl"] = manifest.supervisorctl;
    object["service"] = manifest.service;
    object["port"] = manifest.port;
    object["ws_port"] = manifest.ws_port;
    json::array profile_files;
    for (const auto& file : manifest.profile_files) {
        profile_files.emplace_back(file);
    }
    object["profile_files"] = std::move(profile_files);
    object["files"] = object_of(manifest.files);
    return replace_file(layout.manifest(), json::serialize(object) + "\n", 0600);
}

}  // namespace mq::installer
