package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"../interop"
)

const (
	service = "/grpc.testing.TestService/"

	echoInitial   = "x-grpc-test-echo-initial"
	initialValue  = "test_initial_metadata_value"
	echoTrailing  = "x-grpc-test-echo-trailing-bin"
	trailingValue = "\xab\xab\xab"
)

// client has two connections, because the compressor belongs to one: it announces compression with every call.
type client struct{ plain, compressing *grpc.ClientConn }

func (c client) unary(ctx context.Context, method string, request, response interface{}, options ...grpc.CallOption) error {
	return c.plain.Invoke(ctx, service+method, request, response, options...)
}

// stream starts a call of any kind: the kinds differ in how many messages are sent, not on the wire.
func (c client) stream(ctx context.Context, method string) (grpc.ClientStream, error) {
	return c.plain.NewStream(ctx, &grpc.StreamDesc{ClientStreams: true, ServerStreams: true}, service+method)
}

func sendLast(stream grpc.ClientStream, message interface{}) error {
	if err := stream.SendMsg(message); err != nil {
		return err
	}
	return stream.CloseSend()
}

func expectZeros(payload *interop.Payload, size int32) error {
	if payload == nil {
		return errors.New("a response has no payload")
	}
	if len(payload.Body) != int(size) {
		return fmt.Errorf("a response's payload has %d bytes instead of %d", len(payload.Body), size)
	}
	if bytes.Count(payload.Body, []byte{0}) != int(size) {
		return errors.New("a response's payload has bytes that are not zero")
	}
	return nil
}

func expectResponse(stream grpc.ClientStream, size int32) error {
	response := new(interop.StreamingOutputCallResponse)
	if err := stream.RecvMsg(response); err != nil {
		return err
	}
	return expectZeros(response.Payload, size)
}

func expectEnd(stream grpc.ClientStream) error {
	switch err := stream.RecvMsg(new(interop.StreamingOutputCallResponse)); err {
	case io.EOF:
		return nil
	case nil:
		return errors.New("there was one response too many")
	default:
		return err
	}
}

func expectAggregatedSize(stream grpc.ClientStream, size int32) error {
	if err := stream.CloseSend(); err != nil {
		return err
	}
	response := new(interop.StreamingInputCallResponse)
	if err := stream.RecvMsg(response); err != nil {
		return err
	}
	if response.AggregatedPayloadSize != size {
		return fmt.Errorf("the server counted %d bytes instead of %d", response.AggregatedPayloadSize, size)
	}
	return expectEnd(stream)
}

func (c client) expectUnaryStatus(ctx context.Context, wanted *interop.EchoStatus) error {
	request := &interop.SimpleRequest{ResponseStatus: wanted}
	return expectStatus(c.unary(ctx, "UnaryCall", request, new(interop.SimpleResponse)), wanted)
}

func expectStatus(err error, wanted *interop.EchoStatus) error {
	received := status.Convert(err)
	if int32(received.Code()) != wanted.Code || received.Message() != wanted.Message {
		return fmt.Errorf("the call ended with %v %q instead of %v %q", received.Code(), received.Message(), codes.Code(wanted.Code), wanted.Message)
	}
	return nil
}

func expectCode(err error, wanted codes.Code) error {
	if status.Code(err) != wanted {
		return fmt.Errorf("the call ended with %v instead of %v: %v", status.Code(err), wanted, err)
	}
	return nil
}

func expectEcho(header, trailer metadata.MD) error {
	if values := header.Get(echoInitial); len(values) != 1 || values[0] != initialValue {
		return fmt.Errorf("the initial metadata has %q instead of %q", values, initialValue)
	}
	if values := trailer.Get(echoTrailing); len(values) != 1 || values[0] != trailingValue {
		return fmt.Errorf("the trailing metadata has %x instead of %x", values, trailingValue)
	}
	return nil
}
