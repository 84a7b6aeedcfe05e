package interop

import (
	"context"
	"fmt"
	"io"
	"sync"

	"github.com/golang/protobuf/proto"
	"google.golang.org/grpc"
	"google.golang.org/grpc/encoding"
	_ "google.golang.org/grpc/encoding/gzip"  // reads compressed messages
	_ "google.golang.org/grpc/encoding/proto" // registers itself before the codec below takes its place
	"google.golang.org/grpc/stats"
)

// Compressed is a message that is to be sent compressed, where PerMessage is the connection's or server's compressor.
// grpc-go compresses either all messages of a call or none; a compressor that writes nothing makes it send the message as it is.
type Compressed struct{ proto.Message }

// wanted holds the first byte's address of every encoded message that the compressor has yet to compress.
var wanted sync.Map

type codec struct{}

func init() { encoding.RegisterCodec(codec{}) }

func (codec) Name() string { return "proto" }

func (codec) Marshal(v interface{}) ([]byte, error) {
	if compressed, ok := v.(Compressed); ok {
		data, err := proto.Marshal(compressed.Message)
		if len(data) > 0 {
			wanted.Store(&data[0], nil)
		}
		return data, err
	}
	message, ok := v.(proto.Message)
	if !ok {
		return nil, fmt.Errorf("%T is not a protobuf message", v)
	}
	return proto.Marshal(message)
}

func (codec) Unmarshal(data []byte, v interface{}) error {
	message, ok := v.(proto.Message)
	if !ok {
		return fmt.Errorf("%T is not a protobuf message", v)
	}
	return proto.Unmarshal(data, message)
}

// PerMessage compresses the messages that are Compressed, and no others.
type PerMessage struct{ gzip grpc.Compressor }

func NewPerMessage() PerMessage { return PerMessage{grpc.NewGZIPCompressor()} }

func (PerMessage) Type() string { return "gzip" }

func (c PerMessage) Do(w io.Writer, data []byte) error {
	if len(data) == 0 {
		return nil
	}
	if _, found := wanted.LoadAndDelete(&data[0]); !found {
		return nil
	}
	return c.gzip.Do(w, data)
}

// Arrival tells whether the message received last in a call was compressed.
type Arrival struct{ Compressed bool }

type arrivalKey struct{}

// WithArrival is for clients, whose calls begin before the stats handler sees them.
func WithArrival(ctx context.Context) (context.Context, *Arrival) {
	arrival := new(Arrival)
	return context.WithValue(ctx, arrivalKey{}, arrival), arrival
}

// ArrivalOf is for servers' handlers.
func ArrivalOf(ctx context.Context) *Arrival { return ctx.Value(arrivalKey{}).(*Arrival) }

// Arrivals is a stats handler: only there does grpc-go tell how long a message was on the wire.
// The cases' large messages are zeros, and never as long compressed as they are.
type Arrivals struct{}

func (Arrivals) TagRPC(ctx context.Context, _ *stats.RPCTagInfo) context.Context {
	if ctx.Value(arrivalKey{}) == nil {
		ctx, _ = WithArrival(ctx)
	}
	return ctx
}

func (Arrivals) HandleRPC(ctx context.Context, event stats.RPCStats) {
	if received, ok := event.(*stats.InPayload); ok {
		ArrivalOf(ctx).Compressed = received.WireLength < received.Length
	}
}

func (Arrivals) TagConn(ctx context.Context, _ *stats.ConnTagInfo) context.Context { return ctx }

func (Arrivals) HandleConn(context.Context, stats.ConnStats) {}
