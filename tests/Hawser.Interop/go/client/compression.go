package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/golang/protobuf/proto"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"../interop"
)

func (c client) clientCompressedUnary(ctx context.Context) error {
	request := largeUnaryRequest()
	request.ExpectCompressed = &interop.BoolValue{Value: true}
	call := func(message interface{}) error {
		response := new(interop.SimpleResponse)
		if err := c.compressing.Invoke(ctx, service+"UnaryCall", message, response); err != nil {
			return err
		}
		return expectZeros(response.Payload, largeResponse)
	}

	if err := expectProbeRefused(call(request)); err != nil {
		return err
	}
	if err := call(interop.Compressed{Message: request}); err != nil {
		return fmt.Errorf("compressed: %w", err)
	}
	request.ExpectCompressed.Value = false
	if err := call(request); err != nil {
		return fmt.Errorf("not compressed: %w", err)
	}
	return nil
}

func (c client) clientCompressedStreaming(ctx context.Context) error {
	start := func() (grpc.ClientStream, error) {
		return c.compressing.NewStream(ctx, &grpc.StreamDesc{ClientStreams: true, ServerStreams: true}, service+"StreamingInputCall")
	}
	wanted := &interop.StreamingInputCallRequest{ExpectCompressed: &interop.BoolValue{Value: true}, Payload: interop.Zeros(27182)}
	plain := &interop.StreamingInputCallRequest{ExpectCompressed: &interop.BoolValue{}, Payload: interop.Zeros(45904)}

	probe, err := start()
	if err != nil {
		return err
	}
	if err := sendLast(probe, wanted); err != nil && err != io.EOF {
		return err
	}
	if err := expectProbeRefused(probe.RecvMsg(new(interop.StreamingInputCallResponse))); err != nil {
		return err
	}

	stream, err := start()
	if err != nil {
		return err
	}
	for _, message := range []interface{}{interop.Compressed{Message: wanted}, plain} {
		// That the call has ended is all that sending can tell; why, the response says.
		if err := stream.SendMsg(message); err != nil && err != io.EOF {
			return err
		}
	}
	return expectAggregatedSize(stream, 73086)
}

func (c client) serverCompressedUnary(ctx context.Context) error {
	for _, compressed := range []bool{true, false} {
		request := largeUnaryRequest()
		request.ResponseCompressed = &interop.BoolValue{Value: compressed}
		ctx, arrival := interop.WithArrival(acceptingGzip(ctx))
		response := new(interop.SimpleResponse)
		if err := c.unary(ctx, "UnaryCall", request, response); err != nil {
			return err
		}
		if err := expectCompression(arrival, compressed, response); err != nil {
			return err
		}
		if err := expectZeros(response.Payload, largeResponse); err != nil {
			return err
		}
	}
	return nil
}

func (c client) serverCompressedStreaming(ctx context.Context) error {
	ctx, arrival := interop.WithArrival(acceptingGzip(ctx))
	stream, err := c.stream(ctx, "StreamingOutputCall")
	if err != nil {
		return err
	}
	request := &interop.StreamingOutputCallRequest{ResponseParameters: []*interop.ResponseParameters{
		{Compressed: &interop.BoolValue{Value: true}, Size: 31415},
		{Compressed: &interop.BoolValue{Value: false}, Size: 92653},
	}}
	if err := sendLast(stream, request); err != nil {
		return err
	}
	for _, wanted := range request.ResponseParameters {
		response := new(interop.StreamingOutputCallResponse)
		if err := stream.RecvMsg(response); err != nil {
			return err
		}
		if err := expectCompression(arrival, wanted.Compressed.Value, response); err != nil {
			return err
		}
		if err := expectZeros(response.Payload, wanted.Size); err != nil {
			return err
		}
	}
	return expectEnd(stream)
}

// acceptingGzip says what grpc-go can read; Debian's version does not say it by itself.
func acceptingGzip(ctx context.Context) context.Context {
	return metadata.AppendToOutgoingContext(ctx, "grpc-accept-encoding", "gzip")
}

func expectProbeRefused(err error) error {
	if status.Code(err) != codes.InvalidArgument {
		return fmt.Errorf("an uncompressed message that was said to be compressed must be INVALID_ARGUMENT, and was: %v", err)
	}
	return nil
}

func expectCompression(arrival *interop.Arrival, wanted bool, response proto.Message) error {
	if arrival.Compressed == wanted {
		return nil
	}
	if wanted {
		return errors.New("a response that was to be compressed was not")
	}
	return fmt.Errorf("a response of %d bytes that was not to be compressed was", proto.Size(response))
}
