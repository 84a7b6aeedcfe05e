// Command client is grpc-go's side of the interoperability cases, as a client.
//
//	client --server_port PORT --test_case NAME[,NAME…]|all [--server_host HOST] [--use_tls --ca FILE]
//
// It prints a line per case: "NAME: passed" or "NAME: failed: SENTENCE". The exit code is 1 when one failed.
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"flag"
	"fmt"
	"os"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"

	"../interop"
)

// patience is how long a case may take.
const patience = 30 * time.Second

func main() {
	host := flag.String("server_host", "127.0.0.1", "the server's `host`")
	port := flag.Int("server_port", 0, "the server's `port`")
	names := flag.String("test_case", "all", "the `names` of cases with commas between them, or all")
	useTLS := flag.Bool("use_tls", false, "speak TLS")
	authority := flag.String("ca", "", "the PEM `file` of the certificates to trust, instead of the system's")
	flag.Parse()

	security, err := securityOf(*useTLS, *authority)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	address := fmt.Sprintf("%s:%d", *host, *port)
	options := []grpc.DialOption{security, grpc.WithStatsHandler(interop.Arrivals{})}
	plain, err := grpc.Dial(address, options...)
	if err == nil {
		var compressing *grpc.ClientConn
		compressing, err = grpc.Dial(address, append(options, grpc.WithCompressor(interop.NewPerMessage()))...)
		if err == nil {
			os.Exit(run(client{plain, compressing}, *names))
		}
	}
	fmt.Fprintf(os.Stderr, "%s cannot be dialled: %v\n", address, err)
	os.Exit(1)
}

func run(c client, names string) int {
	wanted := strings.Split(names, ",")
	if names == "all" {
		wanted = wanted[:0]
		for _, each := range cases {
			wanted = append(wanted, each.name)
		}
	}
	exitCode := 0
	for _, name := range wanted {
		if err := runOne(c, name); err != nil {
			fmt.Printf("%s: failed: %v\n", name, err)
			exitCode = 1
		} else {
			fmt.Printf("%s: passed\n", name)
		}
	}
	return exitCode
}

func runOne(c client, name string) error {
	for _, each := range cases {
		if each.name == name {
			ctx, cancel := context.WithTimeout(context.Background(), patience)
			defer cancel()
			return each.run(c, ctx)
		}
	}
	return fmt.Errorf("there is no such case")
}

func securityOf(useTLS bool, authority string) (grpc.DialOption, error) {
	if !useTLS {
		return grpc.WithInsecure(), nil
	}
	config := new(tls.Config)
	if authority != "" {
		pem, err := os.ReadFile(authority)
		if err != nil {
			return nil, err
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%s holds no certificate in PEM", authority)
		}
	}
	return grpc.WithTransportCredentials(credentials.NewTLS(config)), nil
}
