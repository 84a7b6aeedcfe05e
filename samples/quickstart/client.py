"""Calls the quickstart over gRPC: python3 client.py quickstart.pb [HOST:PORT]. Needs grpcio and protobuf; generates no code."""
import sys
import grpc
from google.protobuf import descriptor_pb2, message_factory

with open(sys.argv[1], "rb") as file:
    types = message_factory.GetMessages(descriptor_pb2.FileDescriptorSet.FromString(file.read()).file)
with grpc.insecure_channel(sys.argv[2] if len(sys.argv) > 2 else "127.0.0.1:4770") as channel:
    count = channel.unary_stream("/Quickstart/Count", types["CountRequest"].SerializeToString, types["Number"].FromString)
    add = channel.stream_unary("/Quickstart/Sum", types["Number"].SerializeToString, types["SumReply"].FromString)
    print("total", add(count(types["CountRequest"](to=3))).total)
