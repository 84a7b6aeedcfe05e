// Command netrpc is the peer "Go's net/rpc": an echo server, and a client that loads it.
//
//	netrpc server --address 127.0.0.1:4780
//	netrpc client --address 127.0.0.1:4780 --connections 100 --calls 5000 --payload 8 --in-flight all
//	netrpc client --address 127.0.0.1:4780 --connections 8 --callers 100 --payload 64 --duration 5s
package main

import (
	"errors"
	"flag"
	"fmt"
	"net"
	"net/rpc"
	"os"

	"../load"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "netrpc:", err)
		os.Exit(1)
	}
}

func run(arguments []string) error {
	if len(arguments) == 0 {
		return errors.New("say 'server' or 'client'")
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
	default:
		return fmt.Errorf("there is no command %q; say 'server' or 'client'", arguments[0])
	}
}

// Echo is the service; net/rpc wants an exported type.
type Echo struct{}

// Ping returns its request.
func (Echo) Ping(request []byte, reply *[]byte) error {
	*reply = request
	return nil
}

func serve(arguments []string) error {
	flags := flag.NewFlagSet("server", flag.ContinueOnError)
	address := flags.String("address", "127.0.0.1:4780", "where to listen")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	server := rpc.NewServer()
	if err := server.Register(Echo{}); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", *address)
	if err != nil {
		return err
	}
	fmt.Println("listening on", listener.Addr())
	server.Accept(listener)
	return nil
}
