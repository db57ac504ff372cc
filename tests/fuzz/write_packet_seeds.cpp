// Writes the seeds of fuzz_packet and fuzz_framer from the table of packets: of each packet,
// version and direction the longest small row; for the framer all of a version and direction behind
// one another. Usage: write_packet_seeds CORPUS_DIRECTORY
#include "fuzz/packet_input.hpp"
#include "mqtt/encode.hpp"
#include "mqtt/table/notation.hpp"
#include "mqtt/table/packet_table.hpp"
#include "support/packet_printer.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>

using namespace mq::mqtt;

namespace {

constexpr std::size_t seed_bytes_max = 300;

using Seeds = std::map<std::uint8_t, Buffer>;  ///< by the packet's type

bool is_for(const PacketRow& row, PacketInput input) {
    return row.version == input.version && row.receiver == input.receiver &&
           row.error == ReasonCode::success;
}

Seeds longest_rows(PacketInput input) {
    Seeds seeds;
    for (const PacketRow& row : packet_table()) {
        const Buffer bytes = bytes_of(row.bytes);
        if (!is_for(row, input) || bytes.size() > seed_bytes_max) {
            continue;
        }
        Buffer& seed = seeds[bytes[0] >> 4U];
        if (seed.size() < bytes.size()) {
            seed = bytes;
        }
    }
    return seeds;
}

void write(const std::filesystem::path& path, std::uint8_t first, const Buffer& bytes) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream out(path, std::ios::binary);
    out.put(static_cast<char>(first));
    out.write(reinterpret_cast<const char*>(bytes.data()),
              static_cast<std::streamsize>(bytes.size()));
}

void write_seeds(const std::filesystem::path& corpus, std::size_t number) {
    const PacketInput input = packet_inputs[number];
    const auto first = static_cast<std::uint8_t>(number);
    const std::string prefix = to_string(input.version) +
                               (input.receiver == Receiver::server ? "_to_server" : "_to_client");
    Buffer stream;
    for (const auto& [type, bytes] : longest_rows(input)) {
        std::string file = prefix;
        file.append("_").append(name(static_cast<PacketType>(type)));
        write(corpus / "packet" / file, first, bytes);
        stream.insert(stream.end(), bytes.begin(), bytes.end());
    }
    write(corpus / "framer" / prefix, first, stream);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fputs("usage: write_packet_seeds CORPUS_DIRECTORY\n", stderr);
        return 2;
    }
    for (std::size_t number = 0; number < packet_inputs.size(); ++number) {
        write_seeds(argv[1], number);
    }
    return 0;
}
