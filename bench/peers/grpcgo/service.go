package main

import (
	"context"
	"encoding/binary"
	"fmt"

	"google.golang.org/grpc"
	"google.golang.org/grpc/encoding"
)

// quickstart is written by hand, as protoc's Go plug-in would have generated it for bytes.
var quickstart = grpc.ServiceDesc{
	ServiceName: "Quickstart",
	HandlerType: (*interface{})(nil),
	Methods:     []grpc.MethodDesc{{MethodName: "Ping", Handler: ping}},
	Streams:     []grpc.StreamDesc{{StreamName: "Flood", Handler: flood, ServerStreams: true}},
}

func ping(_ interface{}, _ context.Context, decode func(interface{}) error, _ grpc.UnaryServerInterceptor) (interface{}, error) {
	request := new([]byte)
	err := decode(request)
	return request, err
}

// flood answers {messages, bytes}, two big-endian 32-bit numbers, with that many messages of that many bytes.
func flood(_ interface{}, stream grpc.ServerStream) error {
	var request []byte
	if err := stream.RecvMsg(&request); err != nil {
		return err
	}
	if len(request) != 8 {
		return fmt.Errorf("the request has %d bytes; it must be two 32-bit numbers", len(request))
	}
	message := make([]byte, binary.BigEndian.Uint32(request[4:]))
	for n := binary.BigEndian.Uint32(request); n > 0; n-- {
		if err := stream.SendMsg(&message); err != nil {
			return err
		}
	}
	return nil
}

// rawCodec passes *[]byte through as it is.
type rawCodec struct{}

func init() { encoding.RegisterCodec(rawCodec{}) }

func (rawCodec) Name() string { return "raw" }

func (rawCodec) Marshal(v interface{}) ([]byte, error) {
	message, ok := v.(*[]byte)
	if !ok {
		return nil, fmt.Errorf("the raw codec takes *[]byte, not %T", v)
	}
	return *message, nil
}

func (rawCodec) Unmarshal(data []byte, v interface{}) error {
	message, ok := v.(*[]byte)
	if !ok {
		return fmt.Errorf("the raw codec takes *[]byte, not %T", v)
	}
	*message = data
	return nil
}
