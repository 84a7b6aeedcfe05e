// Command grpcgo is the peer "grpc-go": a server with a unary echo and a server stream, and clients that load them.
// Messages are raw bytes, so that no protobuf is measured.
//
//	grpcgo server --address 127.0.0.1:4780
//	grpcgo client --address 127.0.0.1:4780 --connections 8 --callers 100 --payload 64 --duration 5s
//	grpcgo stream --address 127.0.0.1:4780 --messages 5000000 --payload 100
package main

import (
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"time"

	"../load"
	"google.golang.org/grpc"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "grpcgo:", err)
		os.Exit(1)
	}
}

func run(arguments []string) error {
	if len(arguments) == 0 {
		return errors.New("say 'server', 'client' or 'stream'")
	}
	switch arguments[0] {
	case "server":
		return serve(arguments[1:])
	case "client":
		options, err := load.ParseOptions(arguments[1:])
		if err != nil {
			return err
		}
		report, err := load.Run(options, dial)
		if err != nil {
			return err
		}
		return report.Print()
	case "stream":
		return stream(arguments[1:])
	default:
		return fmt.Errorf("there is no command %q; say 'server', 'client' or 'stream'", arguments[0])
	}
}

func serve(arguments []string) error {
	flags := flag.NewFlagSet("server", flag.ContinueOnError)
	address := flags.String("address", "127.0.0.1:4780", "where to listen")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", *address)
	if err != nil {
		return err
	}
	server := grpc.NewServer()
	server.RegisterService(&quickstart, nil)
	fmt.Println("listening on", listener.Addr())
	return server.Serve(listener)
}

func stream(arguments []string) error {
	flags := flag.NewFlagSet("stream", flag.ContinueOnError)
	address := flags.String("address", "127.0.0.1:4780", "where the server listens")
	messages := flags.Int("messages", 5_000_000, "messages in the measured stream")
	payload := flags.Int("payload", 100, "bytes per message")
	warmup := flags.Duration("warmup", 2*time.Second, "how long to run unmeasured before")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	link, err := connect(*address)
	if err != nil {
		return err
	}
	defer link.Close()
	report, err := load.RunStream(*warmup, func(share float64) (int, int, error) {
		return link.flood(int(float64(*messages)*share), *payload)
	})
	if err != nil {
		return err
	}
	return report.Print()
}
