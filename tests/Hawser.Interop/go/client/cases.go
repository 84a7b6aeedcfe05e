package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"

	"../interop"
)

var cases = []struct {
	name string
	run  func(client, context.Context) error
}{
	{"empty_unary", client.emptyUnary},
	{"large_unary", client.largeUnary},
	{"client_streaming", client.clientStreaming},
	{"server_streaming", client.serverStreaming},
	{"ping_pong", client.pingPong},
	{"empty_stream", client.emptyStream},
	{"client_compressed_unary", client.clientCompressedUnary},
	{"server_compressed_unary", client.serverCompressedUnary},
	{"client_compressed_streaming", client.clientCompressedStreaming},
	{"server_compressed_streaming", client.serverCompressedStreaming},
	{"timeout_on_sleeping_server", client.timeoutOnSleepingServer},
	{"cancel_after_begin", client.cancelAfterBegin},
	{"cancel_after_first_response", client.cancelAfterFirstResponse},
	{"custom_metadata", client.customMetadata},
	{"status_code_and_message", client.statusCodeAndMessage},
	{"special_status_message", client.specialStatusMessage},
	{"unimplemented_method", client.unimplementedMethod},
	{"unimplemented_service", client.unimplementedService},
}

const (
	largeRequest  = 271828
	largeResponse = 314159
)

var (
	requestSizes  = []int32{27182, 8, 1828, 45904}
	responseSizes = []int32{31415, 9, 2653, 58979}
)

func (c client) emptyUnary(ctx context.Context) error {
	return c.unary(ctx, "EmptyCall", new(interop.Empty), new(interop.Empty))
}

func (c client) largeUnary(ctx context.Context) error {
	response := new(interop.SimpleResponse)
	if err := c.unary(ctx, "UnaryCall", largeUnaryRequest(), response); err != nil {
		return err
	}
	return expectZeros(response.Payload, largeResponse)
}

func (c client) clientStreaming(ctx context.Context) error {
	stream, err := c.stream(ctx, "StreamingInputCall")
	if err != nil {
		return err
	}
	for _, size := range requestSizes {
		if err := stream.SendMsg(&interop.StreamingInputCallRequest{Payload: interop.Zeros(size)}); err != nil {
			return err
		}
	}
	return expectAggregatedSize(stream, 74922)
}

func (c client) serverStreaming(ctx context.Context) error {
	stream, err := c.stream(ctx, "StreamingOutputCall")
	if err != nil {
		return err
	}
	request := new(interop.StreamingOutputCallRequest)
	for _, size := range responseSizes {
		request.ResponseParameters = append(request.ResponseParameters, &interop.ResponseParameters{Size: size})
	}
	if err := sendLast(stream, request); err != nil {
		return err
	}
	for _, size := range responseSizes {
		if err := expectResponse(stream, size); err != nil {
			return err
		}
	}
	return expectEnd(stream)
}

func (c client) pingPong(ctx context.Context) error {
	stream, err := c.stream(ctx, "FullDuplexCall")
	if err != nil {
		return err
	}
	for i := range requestSizes {
		if err := stream.SendMsg(duplexRequest(requestSizes[i], responseSizes[i])); err != nil {
			return err
		}
		if err := expectResponse(stream, responseSizes[i]); err != nil {
			return err
		}
	}
	if err := stream.CloseSend(); err != nil {
		return err
	}
	return expectEnd(stream)
}

func (c client) emptyStream(ctx context.Context) error {
	stream, err := c.stream(ctx, "FullDuplexCall")
	if err != nil {
		return err
	}
	if err := stream.CloseSend(); err != nil {
		return err
	}
	return expectEnd(stream)
}

func (c client) timeoutOnSleepingServer(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Millisecond)
	defer cancel()
	stream, err := c.stream(ctx, "FullDuplexCall")
	if err == nil {
		// The time may be over already; what ended the call is said by the response.
		_ = stream.SendMsg(&interop.StreamingOutputCallRequest{Payload: interop.Zeros(requestSizes[0])})
		err = stream.RecvMsg(new(interop.StreamingOutputCallResponse))
	}
	return expectCode(err, codes.DeadlineExceeded)
}

func (c client) cancelAfterBegin(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	stream, err := c.stream(ctx, "StreamingInputCall")
	cancel()
	if err == nil {
		err = stream.RecvMsg(new(interop.StreamingInputCallResponse))
	}
	return expectCode(err, codes.Canceled)
}

func (c client) cancelAfterFirstResponse(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := c.stream(ctx, "FullDuplexCall")
	if err != nil {
		return err
	}
	if err := stream.SendMsg(duplexRequest(requestSizes[0], responseSizes[0])); err != nil {
		return err
	}
	if err := expectResponse(stream, responseSizes[0]); err != nil {
		return err
	}
	cancel()
	return expectCode(stream.RecvMsg(new(interop.StreamingOutputCallResponse)), codes.Canceled)
}

func (c client) customMetadata(ctx context.Context) error {
	ctx = metadata.AppendToOutgoingContext(ctx, echoInitial, initialValue, echoTrailing, trailingValue)
	var header, trailer metadata.MD
	response := new(interop.SimpleResponse)
	err := c.unary(ctx, "UnaryCall", largeUnaryRequest(), response, grpc.Header(&header), grpc.Trailer(&trailer))
	if err != nil {
		return err
	}
	if err := expectEcho(header, trailer); err != nil {
		return fmt.Errorf("unary: %w", err)
	}

	stream, err := c.stream(ctx, "FullDuplexCall")
	if err != nil {
		return err
	}
	if err := sendLast(stream, duplexRequest(largeRequest, largeResponse)); err != nil {
		return err
	}
	if header, err = stream.Header(); err != nil {
		return err
	}
	if err := expectResponse(stream, largeResponse); err != nil {
		return err
	}
	if err := expectEnd(stream); err != nil {
		return err
	}
	if err := expectEcho(header, stream.Trailer()); err != nil {
		return fmt.Errorf("duplex: %w", err)
	}
	return nil
}

func (c client) statusCodeAndMessage(ctx context.Context) error {
	wanted := &interop.EchoStatus{Code: int32(codes.Unknown), Message: "test status message"}
	if err := c.expectUnaryStatus(ctx, wanted); err != nil {
		return err
	}
	stream, err := c.stream(ctx, "FullDuplexCall")
	if err != nil {
		return err
	}
	if err := sendLast(stream, &interop.StreamingOutputCallRequest{ResponseStatus: wanted}); err != nil && err != io.EOF {
		return err
	}
	return expectStatus(stream.RecvMsg(new(interop.StreamingOutputCallResponse)), wanted)
}

func (c client) specialStatusMessage(ctx context.Context) error {
	message := "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n"
	return c.expectUnaryStatus(ctx, &interop.EchoStatus{Code: int32(codes.Unknown), Message: message})
}

func (c client) unimplementedMethod(ctx context.Context) error {
	return expectCode(c.unary(ctx, "UnimplementedCall", new(interop.Empty), new(interop.Empty)), codes.Unimplemented)
}

func (c client) unimplementedService(ctx context.Context) error {
	method := "/grpc.testing.UnimplementedService/UnimplementedCall"
	return expectCode(c.plain.Invoke(ctx, method, new(interop.Empty), new(interop.Empty)), codes.Unimplemented)
}

func largeUnaryRequest() *interop.SimpleRequest {
	return &interop.SimpleRequest{ResponseSize: largeResponse, Payload: interop.Zeros(largeRequest)}
}

func duplexRequest(requestSize, responseSize int32) *interop.StreamingOutputCallRequest {
	return &interop.StreamingOutputCallRequest{
		ResponseParameters: []*interop.ResponseParameters{{Size: responseSize}},
		Payload:            interop.Zeros(requestSize),
	}
}
