#include "client/cli/json_copy.hpp"

#include <boost/json/basic_parser_impl.hpp>

#include <cstdlib>
#include <string>

namespace mq::cli {
namespace {

namespace json = boost::json;
using json::error_code;
using json::string_view;

/// What the parser finds, written at once. Without a writer it is only checked.
class Copier {
 public:
    static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);

    explicit Copier(JsonWriter* writer) : writer_(writer) {}

    static bool on_document_begin(error_code&) { return true; }
    static bool on_document_end(error_code&) { return true; }
    bool on_object_begin(error_code&) { return write(&JsonWriter::begin_object); }
    bool on_object_end(std::size_t, error_code&) { return write(&JsonWriter::end_object); }
    bool on_array_begin(error_code&) { return write(&JsonWriter::begin_array); }
    bool on_array_end(std::size_t, error_code&) { return write(&JsonWriter::end_array); }
    bool on_key_part(string_view part, std::size_t, error_code&) { return gather(part); }
    bool on_key(string_view part, std::size_t, error_code&) {
        return finish(part, &JsonWriter::key);
    }
    bool on_string_part(string_view part, std::size_t, error_code&) { return gather(part); }
    bool on_string(string_view part, std::size_t, error_code&) {
        return finish(part, &JsonWriter::string);
    }
    bool on_number_part(string_view part, error_code&) { return gather(part); }
    bool on_int64(std::int64_t, string_view part, error_code&) {
        return finish(part, &JsonWriter::raw);
    }
    bool on_uint64(std::uint64_t, string_view part, error_code&) {
        return finish(part, &JsonWriter::raw);
    }
    bool on_double(double, string_view part, error_code&) {
        gather(part);  // the parser's value may be off by the last bit
        if (writer_ != nullptr) {
            writer_->number(std::strtod(gathered_.c_str(), nullptr));
        }
        gathered_.clear();
        return true;
    }
    bool on_bool(bool value, error_code&) {
        return finish(value ? "true" : "false", &JsonWriter::raw);
    }
    bool on_null(error_code&) { return finish("null", &JsonWriter::raw); }
    static bool on_comment_part(string_view, error_code&) { return true; }
    static bool on_comment(string_view, error_code&) { return true; }

 private:
    bool write(void (JsonWriter::*what)()) {
        if (writer_ != nullptr) {
            (writer_->*what)();
        }
        return true;
    }

    bool gather(string_view part) {
        gathered_.append(part.data(), part.size());
        return true;
    }

    bool finish(string_view part, void (JsonWriter::*what)(std::string_view)) {
        gather(part);
        if (writer_ != nullptr) {
            (writer_->*what)(gathered_);
        }
        gathered_.clear();
        return true;
    }

    JsonWriter* writer_;
    std::string gathered_;
};

bool parse(std::string_view text, JsonWriter* writer) {
    json::parse_options options;
    options.max_depth = json_depth_max;
    json::basic_parser<Copier> parser(options, writer);
    error_code error;
    const std::size_t used = parser.write_some(false, text.data(), text.size(), error);
    return !error && parser.done() && used == text.size();
}

}  // namespace

bool is_json(std::string_view text) {
    return parse(text, nullptr);
}

bool copy_json(std::string_view text, JsonWriter& writer) {
    return parse(text, &writer);
}

}  // namespace mq::cli
