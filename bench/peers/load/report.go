package load

import (
	"encoding/json"
	"os"
	"time"
)

// Report is what a client prints: one JSON object with the keys of `hawser bench --json`.
type Report struct {
	CallsPerSecond               float64 `json:"calls_per_second"`
	CallsPerSecondWithConnecting float64 `json:"calls_per_second_with_connecting"`
	MessagesPerSecond            float64 `json:"messages_per_second"`
	BytesPerSecond               float64 `json:"bytes_per_second"`
	P50                          float64 `json:"p50_us"`
	P90                          float64 `json:"p90_us"`
	P99                          float64 `json:"p99_us"`
	P999                         float64 `json:"p999_us"`
	Max                          float64 `json:"max_us"`
	Errors                       int     `json:"errors"`
}

// measurement is what one run counted.
type measurement struct {
	calls, messages, errors int
	payloadBytes            int
	latencies               Histogram
	connecting, working     time.Duration
}

func (m *measurement) report() Report {
	working := m.working.Seconds()
	whole := (m.connecting + m.working).Seconds()
	return Report{
		CallsPerSecond:               float64(m.calls) / working,
		CallsPerSecondWithConnecting: float64(m.calls) / whole,
		MessagesPerSecond:            float64(m.messages) / working,
		BytesPerSecond:               float64(m.payloadBytes) / working,
		P50:                          m.latencies.Microseconds(0.50),
		P90:                          m.latencies.Microseconds(0.90),
		P99:                          m.latencies.Microseconds(0.99),
		P999:                         m.latencies.Microseconds(0.999),
		Max:                          m.latencies.MaxMicroseconds(),
		Errors:                       m.errors,
	}
}

// Print writes the report to standard output.
func (r Report) Print() error { return json.NewEncoder(os.Stdout).Encode(r) }
