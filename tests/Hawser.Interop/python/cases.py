"""The interoperability cases, as grpcio's client can do them."""

import queue

import grpc

from interop import ECHO_INITIAL, ECHO_TRAILING, METHODS, SERVICE

# No case takes that long, unless a server does not answer.
PATIENCE_SECONDS = 30

LARGE_REQUEST = 271828
LARGE_RESPONSE = 314159
REQUEST_SIZES = (27182, 8, 1828, 45904)
RESPONSE_SIZES = (31415, 9, 2653, 58979)

INITIAL_VALUE = "test_initial_metadata_value"
TRAILING_VALUE = b"\xab\xab\xab"
ECHOED = ((ECHO_INITIAL, INITIAL_VALUE), (ECHO_TRAILING, TRAILING_VALUE))

CANNOT_SEE_COMPRESSION = "grpcio does not tell a client whether a message arrived compressed; the responses were otherwise right"


class Failure(Exception):
    """The server did not do what the case asks for."""


class NotPossible(Exception):
    """As far as the library can, the case passed."""


class Client:
    def __init__(self, channel, messages):
        self.channel = channel
        self.messages = messages

    def method(self, name):
        kind, request, response = METHODS[name]
        return self.callable(kind, f"/{SERVICE}/{name}", request, response)

    def callable(self, kind, path, request, response):
        return getattr(self.channel, kind)(
            path,
            request_serializer=getattr(self.messages, request).SerializeToString,
            response_deserializer=getattr(self.messages, response).FromString,
        )

    def large_unary_request(self, **fields):
        return self.messages.SimpleRequest(response_size=LARGE_RESPONSE, payload=self.messages.zeros(LARGE_REQUEST), **fields)

    def duplex_request(self, request_size, response_size):
        parameters = [self.messages.ResponseParameters(size=response_size)]
        return self.messages.StreamingOutputCallRequest(response_parameters=parameters, payload=self.messages.zeros(request_size))


class Requests:
    """A stream of requests that is written to while the call runs."""

    def __init__(self):
        self.written = queue.Queue()

    def write(self, message):
        self.written.put(message)

    def complete(self):
        self.written.put(None)

    def __iter__(self):
        return iter(self.written.get, None)


def empty_unary(client):
    client.method("EmptyCall")(client.messages.Empty(), timeout=PATIENCE_SECONDS)


def large_unary(client):
    response = client.method("UnaryCall")(client.large_unary_request(), timeout=PATIENCE_SECONDS)
    expect_zeros(response, LARGE_RESPONSE)


def client_streaming(client):
    requests = (client.messages.StreamingInputCallRequest(payload=client.messages.zeros(size)) for size in REQUEST_SIZES)
    response = client.method("StreamingInputCall")(requests, timeout=PATIENCE_SECONDS)
    expect_equal("the server's count of bytes", response.aggregated_payload_size, 74922)


def server_streaming(client):
    parameters = [client.messages.ResponseParameters(size=size) for size in RESPONSE_SIZES]
    request = client.messages.StreamingOutputCallRequest(response_parameters=parameters)
    expect_responses(client.method("StreamingOutputCall")(request, timeout=PATIENCE_SECONDS), RESPONSE_SIZES)


def ping_pong(client):
    requests = Requests()
    call = client.method("FullDuplexCall")(iter(requests), timeout=PATIENCE_SECONDS)
    for request_size, response_size in zip(REQUEST_SIZES, RESPONSE_SIZES):
        requests.write(client.duplex_request(request_size, response_size))
        expect_zeros(next(call), response_size)
    requests.complete()
    expect_responses(call, ())


def empty_stream(client):
    expect_responses(client.method("FullDuplexCall")(iter(()), timeout=PATIENCE_SECONDS), ())


def client_compressed_unary(client):
    def call(expected, compression):
        request = client.large_unary_request(expect_compressed=client.messages.BoolValue(value=expected))
        return client.method("UnaryCall")(request, timeout=PATIENCE_SECONDS, compression=compression)

    expect_probe_refused(lambda: call(True, grpc.Compression.NoCompression))
    expect_zeros(call(True, grpc.Compression.Gzip), LARGE_RESPONSE)
    expect_zeros(call(False, grpc.Compression.NoCompression), LARGE_RESPONSE)


def server_compressed_unary(client):
    for compressed in (True, False):
        request = client.large_unary_request(response_compressed=client.messages.BoolValue(value=compressed))
        expect_zeros(client.method("UnaryCall")(request, timeout=PATIENCE_SECONDS), LARGE_RESPONSE)
    raise NotPossible(CANNOT_SEE_COMPRESSION)


def client_compressed_streaming(client):
    def call(size, expected, compression):
        expectation = client.messages.BoolValue(value=expected)
        request = client.messages.StreamingInputCallRequest(payload=client.messages.zeros(size), expect_compressed=expectation)
        response = client.method("StreamingInputCall")(iter([request]), timeout=PATIENCE_SECONDS, compression=compression)
        expect_equal("the server's count of bytes", response.aggregated_payload_size, size)

    expect_probe_refused(lambda: call(27182, True, grpc.Compression.NoCompression))
    call(27182, True, grpc.Compression.Gzip)
    call(45904, False, grpc.Compression.NoCompression)
    raise NotPossible("grpcio's client compresses all messages of a call or none; the compressed and the other message went in two calls")


def server_compressed_streaming(client):
    sizes = (31415, 92653)
    parameters = [
        client.messages.ResponseParameters(size=size, compressed=client.messages.BoolValue(value=compressed))
        for size, compressed in zip(sizes, (True, False))
    ]
    request = client.messages.StreamingOutputCallRequest(response_parameters=parameters)
    expect_responses(client.method("StreamingOutputCall")(request, timeout=PATIENCE_SECONDS), sizes)
    raise NotPossible(CANNOT_SEE_COMPRESSION)


def timeout_on_sleeping_server(client):
    requests = Requests()
    requests.write(client.messages.StreamingOutputCallRequest(payload=client.messages.zeros(REQUEST_SIZES[0])))
    call = client.method("FullDuplexCall")(iter(requests), timeout=0.001)
    try:
        expect_status(call, grpc.StatusCode.DEADLINE_EXCEEDED)
    finally:
        requests.complete()


def cancel_after_begin(client):
    requests = Requests()
    call = client.method("StreamingInputCall").future(iter(requests), timeout=PATIENCE_SECONDS)
    call.cancel()
    requests.complete()
    expect_status(call, grpc.StatusCode.CANCELLED)


def cancel_after_first_response(client):
    requests = Requests()
    call = client.method("FullDuplexCall")(iter(requests), timeout=PATIENCE_SECONDS)
    requests.write(client.duplex_request(REQUEST_SIZES[0], RESPONSE_SIZES[0]))
    expect_zeros(next(call), RESPONSE_SIZES[0])
    call.cancel()
    requests.complete()
    expect_status(call, grpc.StatusCode.CANCELLED)


def custom_metadata(client):
    response, call = client.method("UnaryCall").with_call(client.large_unary_request(), timeout=PATIENCE_SECONDS, metadata=ECHOED)
    expect_zeros(response, LARGE_RESPONSE)
    expect_echo(call)

    requests = iter([client.duplex_request(LARGE_REQUEST, LARGE_RESPONSE)])
    call = client.method("FullDuplexCall")(requests, timeout=PATIENCE_SECONDS, metadata=ECHOED)
    expect_responses(call, (LARGE_RESPONSE,))
    expect_echo(call)


def status_code_and_message(client):
    expect_unary_status(client, "test status message")
    status = client.messages.EchoStatus(code=2, message="test status message")
    request = client.messages.StreamingOutputCallRequest(response_status=status)
    call = client.method("FullDuplexCall")(iter([request]), timeout=PATIENCE_SECONDS)
    expect_status(call, grpc.StatusCode.UNKNOWN, status.message)


def special_status_message(client):
    expect_unary_status(client, "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n")


def unimplemented_method(client):
    expect_unimplemented(client, SERVICE)


def unimplemented_service(client):
    expect_unimplemented(client, "grpc.testing.UnimplementedService")


def expect_equal(what, received, wanted):
    if received != wanted:
        raise Failure(f"{what} is {received!r} instead of {wanted!r}")


def expect_zeros(response, size):
    expect_equal("the size of a response's payload", len(response.payload.body), size)
    if any(response.payload.body):
        raise Failure("a response's payload has bytes that are not zero")


def expect_responses(call, sizes):
    for size in sizes:
        response = next(call, None)
        if response is None:
            raise Failure("there was a response too few")
        expect_zeros(response, size)
    if next(call, None) is not None:
        raise Failure("there was a response too many")
    expect_equal("the call's status", call.code(), grpc.StatusCode.OK)


def expect_status(call, code, message=None):
    """Waits for the end of the call."""
    expect_equal("the call's status", call.code(), code)
    if message is not None:
        expect_equal("the status's message", call.details(), message)


def expect_unary_status(client, message):
    request = client.messages.SimpleRequest(response_status=client.messages.EchoStatus(code=2, message=message))
    expect_status(client.method("UnaryCall").future(request, timeout=PATIENCE_SECONDS), grpc.StatusCode.UNKNOWN, message)


def expect_unimplemented(client, service):
    method = client.callable("unary_unary", f"/{service}/UnimplementedCall", "Empty", "Empty")
    expect_status(method.future(client.messages.Empty(), timeout=PATIENCE_SECONDS), grpc.StatusCode.UNIMPLEMENTED)


def expect_probe_refused(call):
    try:
        call()
    except grpc.RpcError as refusal:
        expect_equal("the status of an uncompressed message that was said to be compressed", refusal.code(), grpc.StatusCode.INVALID_ARGUMENT)
    else:
        raise Failure("an uncompressed message that was said to be compressed was not refused")


def expect_echo(call):
    expect_equal("the initial metadata's echo", dict(call.initial_metadata()).get(ECHO_INITIAL), INITIAL_VALUE)
    expect_equal("the trailing metadata's echo", dict(call.trailing_metadata()).get(ECHO_TRAILING), TRAILING_VALUE)


CASES = {
    case.__name__: case
    for case in (
        empty_unary,
        large_unary,
        client_streaming,
        server_streaming,
        ping_pong,
        empty_stream,
        client_compressed_unary,
        server_compressed_unary,
        client_compressed_streaming,
        server_compressed_streaming,
        timeout_on_sleeping_server,
        cancel_after_begin,
        cancel_after_first_response,
        custom_metadata,
        status_code_and_message,
        special_status_message,
        unimplemented_method,
        unimplemented_service,
    )
}
