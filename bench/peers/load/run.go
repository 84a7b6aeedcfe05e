package load

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// Connection is one link to the peer. Call may be used by many goroutines at once.
type Connection interface {
	// Call sends one request and waits for its reply.
	Call(payload []byte) error
	Close() error
}

// Asynchronous is a connection that can have many calls under way without a goroutine for each.
type Asynchronous interface {
	// Burst makes a number of calls with at most inFlight of them under way, records each one's latency and returns how many failed.
	Burst(calls, inFlight int, payload []byte, latencies *Histogram) (failed int)
}

// Dial opens one connection.
type Dial func(address string) (Connection, error)

// Run makes the load that the options ask for: first unmeasured for the warm-up, then measured on new connections.
func Run(options Options, dial Dial) (Report, error) {
	load := burst
	if options.Callers > 0 {
		load = closedLoop
	}
	for start := time.Now(); time.Since(start) < options.Warmup; {
		warm := options
		warm.Duration = options.Warmup - time.Since(start)
		if _, err := measured(warm, dial, load); err != nil {
			return Report{}, err
		}
	}
	result, err := measured(options, dial, load)
	if err != nil {
		return Report{}, err
	}
	return result.report(), nil
}

type workload func(options Options, connections []Connection, result *measurement)

func measured(options Options, dial Dial, load workload) (*measurement, error) {
	start := time.Now()
	connections, err := dialAll(options, dial)
	defer func() {
		for _, connection := range connections {
			if connection != nil {
				connection.Close()
			}
		}
	}()
	if err != nil {
		return nil, err
	}
	result := &measurement{connecting: time.Since(start)}
	start = time.Now()
	load(options, connections, result)
	result.working = time.Since(start)
	result.messages = result.calls
	result.payloadBytes = result.calls * options.Payload
	return result, nil
}

func dialAll(options Options, dial Dial) ([]Connection, error) {
	connections := make([]Connection, options.Connections)
	errors := make([]error, options.Connections)
	var all sync.WaitGroup
	for i := range connections {
		all.Add(1)
		go func(i int) {
			defer all.Done()
			connections[i], errors[i] = dial(options.Address)
		}(i)
	}
	all.Wait()
	for _, err := range errors {
		if err != nil {
			return connections, fmt.Errorf("cannot connect to %s: %w", options.Address, err)
		}
	}
	return connections, nil
}

func burst(options Options, connections []Connection, result *measurement) {
	histograms := make([]Histogram, len(connections))
	failed := make([]int, len(connections))
	var all sync.WaitGroup
	for i, connection := range connections {
		all.Add(1)
		go func(i int, connection Connection) {
			defer all.Done()
			payload := make([]byte, options.Payload)
			if asynchronous, ok := connection.(Asynchronous); ok && !options.Goroutines {
				failed[i] = asynchronous.Burst(options.Calls, options.InFlight, payload, &histograms[i])
			} else {
				failed[i] = burstByGoroutines(connection, options, payload, &histograms[i])
			}
		}(i, connection)
	}
	all.Wait()
	for i := range histograms {
		result.latencies.Merge(&histograms[i])
		result.errors += failed[i]
	}
	result.calls = len(connections)*options.Calls - result.errors
}

func burstByGoroutines(connection Connection, options Options, payload []byte, latencies *Histogram) int {
	// One place for each call: a lock around the histogram would slow the peer.
	nanoseconds := make([]int64, options.Calls)
	var next, failed int64
	var all sync.WaitGroup
	for i := 0; i < options.InFlight; i++ {
		all.Add(1)
		go func() {
			defer all.Done()
			for call := atomic.AddInt64(&next, 1) - 1; call < int64(options.Calls); call = atomic.AddInt64(&next, 1) - 1 {
				before := time.Now()
				if err := connection.Call(payload); err != nil {
					atomic.AddInt64(&failed, 1)
				}
				nanoseconds[call] = int64(time.Since(before))
			}
		}()
	}
	all.Wait()
	for _, latency := range nanoseconds {
		latencies.Record(latency)
	}
	return int(failed)
}

func closedLoop(options Options, connections []Connection, result *measurement) {
	histograms := make([]Histogram, options.Callers)
	failed := make([]int, options.Callers)
	end := time.Now().Add(options.Duration)
	var all sync.WaitGroup
	for i := range histograms {
		all.Add(1)
		go func(i int) {
			defer all.Done()
			connection := connections[i%len(connections)]
			payload := make([]byte, options.Payload)
			for before := time.Now(); before.Before(end); {
				if err := connection.Call(payload); err != nil {
					failed[i]++
				}
				now := time.Now()
				histograms[i].Record(int64(now.Sub(before)))
				before = now
			}
		}(i)
	}
	all.Wait()
	for i := range histograms {
		result.latencies.Merge(&histograms[i])
		result.errors += failed[i]
	}
	result.calls = int(result.latencies.total) - result.errors
}
