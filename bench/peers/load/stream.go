package load

import "time"

// RunStream measures one server stream: receive reads a stream that has the given share of its full length and returns how
// many messages and bytes came. Before it, short streams run unmeasured for the warm-up.
func RunStream(warmup time.Duration, receive func(share float64) (messages, bytes int, err error)) (Report, error) {
	for start := time.Now(); time.Since(start) < warmup; {
		if _, _, err := receive(0.1); err != nil {
			return Report{}, err
		}
	}
	start := time.Now()
	messages, bytes, err := receive(1)
	if err != nil {
		return Report{}, err
	}
	result := measurement{calls: 1, messages: messages, payloadBytes: bytes, working: time.Since(start)}
	result.latencies.Record(int64(result.working))
	return result.report(), nil
}
