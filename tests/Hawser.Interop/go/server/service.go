package main

import (
	"context"
	"io"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"../interop"
)

// testService is written by hand, as protoc's Go plug-in would have generated it; UnimplementedCall is left away on purpose.
var testService = grpc.ServiceDesc{
	ServiceName: "grpc.testing.TestService",
	HandlerType: (*interface{})(nil),
	Methods: []grpc.MethodDesc{
		{MethodName: "EmptyCall", Handler: emptyCall},
		{MethodName: "UnaryCall", Handler: unaryCall},
	},
	Streams: []grpc.StreamDesc{
		{StreamName: "StreamingInputCall", Handler: streamingInputCall, ClientStreams: true},
		{StreamName: "StreamingOutputCall", Handler: streamingOutputCall, ServerStreams: true},
		{StreamName: "FullDuplexCall", Handler: fullDuplexCall, ClientStreams: true, ServerStreams: true},
	},
}

func emptyCall(_ interface{}, ctx context.Context, decode func(interface{}) error, _ grpc.UnaryServerInterceptor) (interface{}, error) {
	announceCompression(ctx, false)
	request := new(interop.Empty)
	return request, decode(request)
}

func unaryCall(_ interface{}, ctx context.Context, decode func(interface{}) error, _ grpc.UnaryServerInterceptor) (interface{}, error) {
	request := new(interop.SimpleRequest)
	if err := decode(request); err != nil {
		return nil, err
	}
	announceCompression(ctx, request.ResponseCompressed != nil)
	if err := echoMetadata(ctx); err != nil {
		return nil, err
	}
	if err := checkCompression(ctx, request.ExpectCompressed); err != nil {
		return nil, err
	}
	if request.ResponseStatus != nil {
		return nil, statusOf(request.ResponseStatus)
	}
	response := &interop.SimpleResponse{Payload: interop.Zeros(request.ResponseSize)}
	if request.ResponseCompressed != nil && request.ResponseCompressed.Value {
		return interop.Compressed{Message: response}, nil
	}
	return response, nil
}

func streamingInputCall(_ interface{}, stream grpc.ServerStream) error {
	announceCompression(stream.Context(), false)
	response := new(interop.StreamingInputCallResponse)
	for {
		request := new(interop.StreamingInputCallRequest)
		if err := stream.RecvMsg(request); err == io.EOF {
			return stream.SendMsg(response)
		} else if err != nil {
			return err
		}
		if err := checkCompression(stream.Context(), request.ExpectCompressed); err != nil {
			return err
		}
		if request.Payload != nil {
			response.AggregatedPayloadSize += int32(len(request.Payload.Body))
		}
	}
}

func streamingOutputCall(_ interface{}, stream grpc.ServerStream) error {
	request := new(interop.StreamingOutputCallRequest)
	if err := stream.RecvMsg(request); err != nil {
		return err
	}
	return respond(stream, request)
}

func fullDuplexCall(_ interface{}, stream grpc.ServerStream) error {
	announceCompression(stream.Context(), false)
	if err := echoMetadata(stream.Context()); err != nil {
		return err
	}
	for {
		request := new(interop.StreamingOutputCallRequest)
		if err := stream.RecvMsg(request); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		if request.ResponseStatus != nil {
			return statusOf(request.ResponseStatus)
		}
		if err := respond(stream, request); err != nil {
			return err
		}
	}
}

func respond(stream grpc.ServerStream, request *interop.StreamingOutputCallRequest) error {
	announceCompression(stream.Context(), asksForCompression(request))
	for _, wanted := range request.ResponseParameters {
		time.Sleep(time.Duration(wanted.IntervalUs) * time.Microsecond)
		var message interface{} = &interop.StreamingOutputCallResponse{Payload: interop.Zeros(wanted.Size)}
		if wanted.Compressed != nil && wanted.Compressed.Value {
			message = interop.Compressed{Message: message.(*interop.StreamingOutputCallResponse)}
		}
		if err := stream.SendMsg(message); err != nil {
			return err
		}
	}
	return nil
}

func asksForCompression(request *interop.StreamingOutputCallRequest) bool {
	for _, wanted := range request.ResponseParameters {
		if wanted.Compressed != nil {
			return true
		}
	}
	return false
}

// announceCompression says before the first response whether the call has the header grpc-encoding. On its own, grpc-go sends it
// with every response of a server that has a compressor, which would make them all unlike its usual ones.
func announceCompression(ctx context.Context, announced bool) {
	encoding := ""
	if announced {
		encoding = "gzip"
	}
	if stream, ok := grpc.ServerTransportStreamFromContext(ctx).(interface{ SetSendCompress(string) }); ok {
		stream.SetSendCompress(encoding)
	}
}

func checkCompression(ctx context.Context, expected *interop.BoolValue) error {
	if expected != nil && expected.Value && !interop.ArrivalOf(ctx).Compressed {
		return status.Error(codes.InvalidArgument, "the message was to arrive compressed, and did not")
	}
	return nil
}

func statusOf(wanted *interop.EchoStatus) error {
	return status.Error(codes.Code(wanted.Code), wanted.Message)
}

func echoMetadata(ctx context.Context) error {
	received, _ := metadata.FromIncomingContext(ctx)
	if values := received.Get("x-grpc-test-echo-initial"); len(values) > 0 {
		if err := grpc.SetHeader(ctx, metadata.Pairs("x-grpc-test-echo-initial", values[0])); err != nil {
			return err
		}
	}
	if values := received.Get("x-grpc-test-echo-trailing-bin"); len(values) > 0 {
		return grpc.SetTrailer(ctx, metadata.Pairs("x-grpc-test-echo-trailing-bin", values[0]))
	}
	return nil
}
