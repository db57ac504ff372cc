#include "client/lib/client.hpp"
#include "mqtt/framer.hpp"

/// The half of Client that reads.
namespace mq::client {
namespace {

/// After so long in callbacks of one turn, what they and the session have to write is written.
constexpr Time breath_ms = 20;

int error_of(mqtt::ReasonCode reason) {
    switch (reason) {
        case mqtt::ReasonCode::malformed_packet:
            return MOSQ_ERR_MALFORMED_PACKET;
        case mqtt::ReasonCode::packet_too_large:
            return MOSQ_ERR_OVERSIZE_PACKET;
        default:
            return MOSQ_ERR_PROTOCOL;
    }
}

}  // namespace

/// Reads what is there, up to one buffer, and more only while a layer holds bytes of which the
/// socket does not tell.
int Client::read(Lock& lock) {
    const std::uint64_t epoch = epoch_;
    if (input_epoch_ != epoch) {
        input_.clear();
        input_epoch_ = epoch;
    }
    bool more = true;
    while (more) {
        const Io io = transport_->read(input_.room());
        if (io.waits()) {
            return MOSQ_ERR_SUCCESS;
        }
        if (!io.ok()) {
            return finish(lock, io.error);
        }
        input_.filled(io.size);
        const int result = handle_input(lock, epoch);
        if (epoch_ != epoch) {
            return MOSQ_ERR_SUCCESS;
        }
        if (result != MOSQ_ERR_SUCCESS) {
            return protest(lock, result);
        }
        more = transport_->pending() && session_.phase() != Session::Phase::leaving;
    }
    return MOSQ_ERR_SUCCESS;
}

/// Handles the whole packets that are there. Ends early when the connection ends meanwhile, or is
/// to end.
int Client::handle_input(Lock& lock, std::uint64_t epoch) {
    breathed_at_ = now();
    while (session_.phase() != Session::Phase::leaving) {
        const auto framing = mqtt::cut_frame(input_.waiting(), session_.incoming_size_max());
        if (!framing) {
            return error_of(framing.error());
        }
        if (framing->kind == mqtt::Framing::Kind::incomplete) {
            if (!input_.empty() && !session_.may_begin_with(input_.waiting().front())) {
                return MOSQ_ERR_PROTOCOL;
            }
            break;
        }
        Event event;
        session_.receive(framing->frame, breathed_at_, event);
        int result = event.result;
        if (event.kind != Event::Kind::none) {
            const int answer = deliver(lock, event);
            result = result == MOSQ_ERR_SUCCESS ? answer : result;
        } else {
            deliver_log(lock);
        }
        if (epoch_ != epoch) {
            return MOSQ_ERR_SUCCESS;
        }
        input_.consume(framing->frame.size);
        if (result != MOSQ_ERR_SUCCESS) {
            return result;
        }
        breathe(lock);
    }
    input_.settle();
    return MOSQ_ERR_SUCCESS;
}

/// Slow callbacks must not keep acknowledgements and PINGREQ from the broker.
void Client::breathe(Lock& /*lock*/) {
    const Time time = now();
    if (time - breathed_at_ < breath_ms) {
        return;
    }
    breathed_at_ = time;
    static_cast<void>(session_.tick(time));  // silence is judged once all that came is read
    static_cast<void>(flush());              // an error comes again, and is handled by the loop
}

/// The broker has sent what it must not: with MQTT 5.0 it is told why we go.
int Client::protest(Lock& lock, int problem) {
    if (session_.phase() == Session::Phase::connected && settings_.version == mqtt::Version::v5) {
        const auto reason =
            problem == MOSQ_ERR_MALFORMED_PACKET  ? mqtt::ReasonCode::malformed_packet
            : problem == MOSQ_ERR_OVERSIZE_PACKET ? mqtt::ReasonCode::packet_too_large
            : problem == MOSQ_ERR_PROTOCOL        ? mqtt::ReasonCode::protocol_error
                                                  : mqtt::ReasonCode::success;
        session_.disconnect(static_cast<std::uint8_t>(reason), {});
        static_cast<void>(flush());
    }
    return finish(lock, problem);
}

}  // namespace mq::client
