package disk

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// sealed is a record behind its checksum.
func sealed(record []byte) []byte {
	return append(binary.BigEndian.AppendUint32(make([]byte, 0, sealBytes+len(record)), crc32.Checksum(record, castagnoli)), record...)
}

const sealBytes = 4

// unsealed is the inverse of sealed. The error says that the record is damaged.
func unsealed(bytes []byte) ([]byte, error) {
	if len(bytes) < sealBytes {
		return nil, fmt.Errorf("it is damaged: %d bytes are too few for a checksum", len(bytes))
	}
	record := bytes[sealBytes:]
	if got, want := crc32.Checksum(record, castagnoli), binary.BigEndian.Uint32(bytes); got != want {
		return nil, fmt.Errorf("it is damaged: its checksum is %08x, expected %08x", got, want)
	}
	return record, nil
}
