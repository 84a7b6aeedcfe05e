// Package load drives a peer with the workloads that `hawser bench` has, and reports the same figures, so that the two
// can be put side by side. The peers differ only in how a connection is made and a call is sent.
package load

import (
	"flag"
	"fmt"
	"strconv"
	"time"
)

// Options say what load to make.
type Options struct {
	Address     string
	Connections int
	Callers     int           // closed loop: callers of all connections together; 0 means a burst
	Calls       int           // burst: calls per connection
	InFlight    int           // burst: calls in flight per connection
	Goroutines  bool          // burst: a goroutine per call in flight, even where the peer has asynchronous calls
	Duration    time.Duration // closed loop: how long to measure
	Payload     int           // bytes per request and reply
	Warmup      time.Duration // how long the same load runs before, unmeasured
}

// ParseOptions reads the arguments of a client command.
func ParseOptions(arguments []string) (Options, error) {
	var o Options
	var inFlight string
	flags := flag.NewFlagSet("client", flag.ContinueOnError)
	flags.StringVar(&o.Address, "address", "127.0.0.1:4780", "where the server listens")
	flags.IntVar(&o.Connections, "connections", 1, "connections to open")
	flags.IntVar(&o.Callers, "callers", 0, "closed loop: callers of all connections together")
	flags.IntVar(&o.Calls, "calls", 1000, "burst: calls per connection")
	flags.StringVar(&inFlight, "in-flight", "all", "burst: calls in flight per connection, or all")
	flags.BoolVar(&o.Goroutines, "goroutines", false, "burst: use a goroutine per call in flight, even where the peer has asynchronous calls")
	flags.DurationVar(&o.Duration, "duration", 5*time.Second, "closed loop: how long to measure")
	flags.IntVar(&o.Payload, "payload", 8, "bytes per request")
	flags.DurationVar(&o.Warmup, "warmup", 2*time.Second, "how long to run unmeasured before")
	if err := flags.Parse(arguments); err != nil {
		return o, err
	}
	o.InFlight = o.Calls
	if inFlight != "all" {
		n, err := strconv.Atoi(inFlight)
		if err != nil {
			return o, fmt.Errorf("--in-flight is %q; it takes a number or 'all'", inFlight)
		}
		o.InFlight = n
	}
	if o.Connections < 1 || o.Callers < 0 || o.Calls < 1 || o.InFlight < 1 || o.Payload < 1 {
		return o, fmt.Errorf("--connections, --calls, --in-flight and --payload must be at least 1, --callers at least 0")
	}
	if o.Callers > 0 && o.Callers < o.Connections {
		return o, fmt.Errorf("%d callers cannot use %d connections; give --callers at least as many as --connections", o.Callers, o.Connections)
	}
	return o, nil
}
