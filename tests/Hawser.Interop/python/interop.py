"""What the Python server and the Python client of the interoperability cases share."""

import pathlib

from google.protobuf import descriptor_pb2, message_factory

SERVICE = "grpc.testing.TestService"
ECHO_INITIAL = "x-grpc-test-echo-initial"
ECHO_TRAILING = "x-grpc-test-echo-trailing-bin"

# Written by the build of ../Hawser.Interop.csproj from ../test.proto; generated Python would need a protoc that suits Debian's runtime.
DESCRIPTORS = pathlib.Path(__file__).parent.parent / "bin" / "Release" / "net10.0" / "test.pb"


class Messages:
    """The message classes of test.proto, as attributes."""

    def __init__(self, descriptors):
        files = descriptor_pb2.FileDescriptorSet.FromString(pathlib.Path(descriptors).read_bytes())
        for name, message in message_factory.GetMessages(files.file).items():
            setattr(self, name.rpartition(".")[2], message)

    def zeros(self, size):
        return self.Payload(body=bytes(size))


# Method: kind, request, response. UnimplementedCall is not among them: servers are not to have it.
METHODS = {
    "EmptyCall": ("unary_unary", "Empty", "Empty"),
    "UnaryCall": ("unary_unary", "SimpleRequest", "SimpleResponse"),
    "StreamingInputCall": ("stream_unary", "StreamingInputCallRequest", "StreamingInputCallResponse"),
    "StreamingOutputCall": ("unary_stream", "StreamingOutputCallRequest", "StreamingOutputCallResponse"),
    "FullDuplexCall": ("stream_stream", "StreamingOutputCallRequest", "StreamingOutputCallResponse"),
}


def add_descriptors_argument(parser):
    parser.add_argument("--descriptors", metavar="FILE", default=DESCRIPTORS, help="test.proto as a descriptor set (default: %(default)s)")
