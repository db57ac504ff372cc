// Prints the service file for a home and an environment value, to be read by supervisord's parser.
#include "supervisor/program_section.hpp"

#include <cstdio>

int main(int argc, char** argv) {
    if (argc != 3) {
        return 2;
    }
    const std::string home = argv[1];
    mq::supervisor::Service service;
    service.command = {home + "/mqhome/current/bin/mqbroker", "-c",
                       home + "/mqhome/etc/mosquitto.conf"};
    service.directory = home + "/mqhome";
    service.log_file = home + "/logs/mqhome.log";
    service.environment = {{"VALUE", argv[2]}, {"EMPTY", ""}};
    const auto text = mq::supervisor::program_section(service, 0);
    if (!text) {
        std::fprintf(stderr, "%s\n", text.error().text().c_str());
        return text.error().exit_code;
    }
    std::fputs(text->c_str(), stdout);
    return 0;
}
