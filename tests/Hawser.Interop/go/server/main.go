// Command server is grpc-go's side of the interoperability cases, as a server.
//
//	server --port 0 [--tls_cert FILE --tls_key FILE]
package main

import (
	"flag"
	"fmt"
	"net"
	"os"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"

	"../interop"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	port := flag.Int("port", 0, "the `port` of 127.0.0.1 to listen on; 0 chooses one")
	certificate := flag.String("tls_cert", "", "the certificate's PEM `file`; with it the server speaks TLS")
	key := flag.String("tls_key", "", "the private key's PEM `file`")
	limits := flag.Bool("limits", false, "print what grpc-go cannot do as a server, a line per case, and end")
	flag.Parse()
	if *limits {
		return nil // Nothing: it does all of it.
	}

	options := []grpc.ServerOption{grpc.StatsHandler(interop.Arrivals{}), grpc.RPCCompressor(interop.NewPerMessage())}
	if *certificate != "" {
		tls, err := credentials.NewServerTLSFromFile(*certificate, *key)
		if err != nil {
			return fmt.Errorf("the certificate %s with the key %s cannot be used: %w", *certificate, *key, err)
		}
		options = append(options, grpc.Creds(tls))
	}

	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", *port))
	if err != nil {
		return err
	}
	server := grpc.NewServer(options...)
	server.RegisterService(&testService, nil)
	fmt.Printf("listening on %d\n", listener.Addr().(*net.TCPAddr).Port)
	return server.Serve(listener)
}
