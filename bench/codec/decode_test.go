package codec

import "testing"

// BenchmarkDecode is a line split into src, dest, type, msg_id, in_reply_to and the raw body.
func BenchmarkDecode(b *testing.B) {
	for _, l := range lines {
		for _, d := range decoders {
			if !d.whole {
				continue
			}
			b.Run(l.name+"/"+d.name, func(b *testing.B) {
				var m message
				b.SetBytes(int64(len(l.text)))
				b.ReportAllocs()
				_ = d.decode(l.text, &m) // what is learnt once, and caches of types, are not the line's cost
				for b.Loop() {
					if err := d.decode(l.text, &m); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
