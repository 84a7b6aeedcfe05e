package load

import "math/bits"

// subBuckets is the number of linear steps within each power of two: a recorded value is off by less than 1/128.
const subBuckets = 128

// Histogram counts nanosecond latencies in log-linear buckets. It is not safe for concurrent use: each goroutine owns one
// and they are merged at the end, so that measuring adds no contention to what is measured.
type Histogram struct {
	counts [64 * subBuckets]uint64
	total  uint64
	max    uint64
}

// Record adds one latency in nanoseconds.
func (h *Histogram) Record(nanoseconds int64) {
	value := uint64(0)
	if nanoseconds > 0 {
		value = uint64(nanoseconds)
	}
	h.counts[bucketOf(value)]++
	h.total++
	if value > h.max {
		h.max = value
	}
}

// Merge adds everything that other has counted.
func (h *Histogram) Merge(other *Histogram) {
	for i, count := range other.counts {
		h.counts[i] += count
	}
	h.total += other.total
	if other.max > h.max {
		h.max = other.max
	}
}

// Microseconds is the latency that a share (0…1) of the recorded values do not exceed.
func (h *Histogram) Microseconds(share float64) float64 {
	if h.total == 0 {
		return 0
	}
	rank := uint64(share*float64(h.total-1)) + 1
	seen := uint64(0)
	for i, count := range h.counts {
		seen += count
		if seen >= rank {
			return float64(middleOf(i)) / 1000
		}
	}
	return h.MaxMicroseconds()
}

// MaxMicroseconds is the largest recorded value, exactly.
func (h *Histogram) MaxMicroseconds() float64 { return float64(h.max) / 1000 }

func bucketOf(value uint64) int {
	if value < subBuckets {
		return int(value)
	}
	exponent := bits.Len64(value) - bits.Len64(subBuckets)
	return exponent*subBuckets + int(value>>uint(exponent))
}

func middleOf(bucket int) uint64 {
	if bucket < 2*subBuckets {
		return uint64(bucket)
	}
	exponent := uint(bucket/subBuckets - 1)
	low := uint64(bucket-int(exponent)*subBuckets) << exponent
	return low + (uint64(1)<<exponent)/2
}
