package main

import (
	"net/rpc"
	"time"
	"unsafe"

	"../load"
)

type connection struct {
	client *rpc.Client
}

func dial(address string) (load.Connection, error) {
	client, err := rpc.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	return connection{client}, nil
}

func (c connection) Call(payload []byte) error {
	var reply []byte
	return c.client.Call("Echo.Ping", payload, &reply)
}

// pending is a call under way. The reply comes first, so that its address, which net/rpc hands back, is the address of the
// whole: finding the start time by a map would cost the peer a few percent that are not its own.
type pending struct {
	reply   []byte
	started time.Time
}

// Burst uses net/rpc's own asynchronous calls, which are cheaper than a goroutine for each.
func (c connection) Burst(calls, inFlight int, payload []byte, latencies *load.Histogram) (failed int) {
	done := make(chan *rpc.Call, inFlight)
	start := func(p *pending) {
		p.reply, p.started = nil, time.Now()
		c.client.Go("Echo.Ping", payload, &p.reply, done)
	}
	if inFlight > calls {
		inFlight = calls
	}
	slots := make([]pending, inFlight)
	for i := range slots {
		start(&slots[i])
	}
	for ended, sent := 0, inFlight; ended < calls; ended++ {
		call := <-done
		p := (*pending)(unsafe.Pointer(call.Reply.(*[]byte)))
		latencies.Record(int64(time.Since(p.started)))
		if call.Error != nil || len(p.reply) != len(payload) {
			failed++
		}
		if sent < calls {
			start(p)
			sent++
		}
	}
	return failed
}

func (c connection) Close() error { return c.client.Close() }
