package kafka

import (
	"slices"
	"strconv"

	"eddy/testbench/network"
)

// offsets are offsets by key. Keys stay in the order in which they came.
type offsets struct {
	keys []string
	of   map[string]int64
}

func (o *offsets) get(key string) (offset int64, ok bool) {
	offset, ok = o.of[key]
	return offset, ok
}

func (o *offsets) set(key string, offset int64) {
	if o.of == nil {
		o.of = make(map[string]int64)
	}
	if _, known := o.of[key]; !known {
		o.keys = append(o.keys, key)
	}
	o.of[key] = offset
}

// raise sets an offset unless a higher one is known.
func (o *offsets) raise(key string, offset int64) {
	if known, ok := o.of[key]; !ok || known < offset {
		o.set(key, offset)
	}
}

func (o *offsets) remove(key string) {
	if _, known := o.of[key]; known {
		delete(o.of, key)
		o.keys = slices.DeleteFunc(o.keys, func(k string) bool { return k == key })
	}
}

// appendTo appends the offsets as a JSON object.
func (o *offsets) appendTo(dst []byte) []byte {
	dst = append(dst, '{')
	for i, key := range o.keys {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(network.AppendString(dst, key), ':')
		dst = strconv.AppendInt(dst, o.of[key], 10)
	}
	return append(dst, '}')
}
