#!/usr/bin/python3
"""grpcio's side of the interoperability cases, as a server on 127.0.0.1."""

import argparse
import pathlib
import time
from concurrent import futures

import grpc

from interop import ECHO_INITIAL, ECHO_TRAILING, METHODS, SERVICE, Messages, add_descriptors_argument

LIMITS = {
    case: "grpcio does not tell a server whether a message arrived compressed, so that it cannot refuse the one that did not"
    for case in ("client_compressed_unary", "client_compressed_streaming")
}

STATUS_CODES = {code.value[0]: code for code in grpc.StatusCode}


class TestService:
    """A method of this class for each of METHODS."""

    def __init__(self, messages):
        self.messages = messages

    def EmptyCall(self, request, context):
        return request

    def UnaryCall(self, request, context):
        echo_metadata(context)
        abort_as_asked(request, context)
        if request.response_compressed.value:
            context.set_compression(grpc.Compression.Gzip)
        return self.messages.SimpleResponse(payload=self.messages.zeros(request.response_size))

    def StreamingInputCall(self, requests, context):
        size = sum(len(request.payload.body) for request in requests)
        return self.messages.StreamingInputCallResponse(aggregated_payload_size=size)

    def StreamingOutputCall(self, request, context):
        if any(wanted.compressed.value for wanted in request.response_parameters):
            context.set_compression(grpc.Compression.Gzip)
        yield from self.responses(request, context)

    def FullDuplexCall(self, requests, context):
        echo_metadata(context)
        for request in requests:
            abort_as_asked(request, context)
            yield from self.responses(request, context)

    def responses(self, request, context):
        for wanted in request.response_parameters:
            time.sleep(wanted.interval_us / 1_000_000)
            if not wanted.compressed.value:
                context.disable_next_message_compression()
            yield self.messages.StreamingOutputCallResponse(payload=self.messages.zeros(wanted.size))


def abort_as_asked(request, context):
    if request.HasField("response_status"):
        context.abort(STATUS_CODES[request.response_status.code], request.response_status.message)


def echo_metadata(context):
    received = dict(context.invocation_metadata())
    if ECHO_INITIAL in received:
        context.send_initial_metadata([(ECHO_INITIAL, received[ECHO_INITIAL])])
    if ECHO_TRAILING in received:
        context.set_trailing_metadata([(ECHO_TRAILING, received[ECHO_TRAILING])])


def handlers(messages):
    service = TestService(messages)
    found = {}
    for name, (kind, request, response) in METHODS.items():
        handler = getattr(grpc, f"{kind}_rpc_method_handler")
        found[name] = handler(
            getattr(service, name),
            request_deserializer=getattr(messages, request).FromString,
            response_serializer=getattr(messages, response).SerializeToString,
        )
    return grpc.method_handlers_generic_handler(SERVICE, found)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="the port to listen on; 0 chooses one")
    parser.add_argument("--tls_cert", type=pathlib.Path, metavar="FILE", help="the certificate in PEM; with it the server speaks TLS")
    parser.add_argument("--tls_key", type=pathlib.Path, metavar="FILE", help="the private key in PEM")
    parser.add_argument("--limits", action="store_true", help="print what grpcio cannot do as a server, a line per case, and end")
    add_descriptors_argument(parser)
    options = parser.parse_args()
    if options.limits:
        for case, reason in LIMITS.items():
            print(f"{case}: {reason}")
        return

    server = grpc.server(futures.ThreadPoolExecutor(max_workers=32))
    server.add_generic_rpc_handlers([handlers(Messages(options.descriptors))])
    address = f"127.0.0.1:{options.port}"
    if options.tls_cert:
        pair = (options.tls_key.read_bytes(), options.tls_cert.read_bytes())
        port = server.add_secure_port(address, grpc.ssl_server_credentials([pair]))
    else:
        port = server.add_insecure_port(address)
    server.start()
    print(f"listening on {port}", flush=True)
    server.wait_for_termination()


if __name__ == "__main__":
    main()
