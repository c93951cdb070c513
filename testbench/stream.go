package testbench

import (
	"fmt"
	"io"
)

// stream writes a file on a goroutine of its own, so that its owner does not wait for a disk. What is
// appended is collected into chunks; only when streamChunksMax of them wait for the disk does the owner
// wait, too: nothing is ever left out.
type stream struct {
	buffer []byte
	bytes  int64 // in all, lines that are ended
	ended  int   // of buffer, likewise
	chunks chan []byte
	free   chan []byte
	result chan error
}

const (
	streamChunkBytes = 64 << 10
	streamChunksMax  = 256
)

// openStream creates the file.
func openStream(create func(name string) (io.WriteCloser, error), name string) (*stream, error) {
	file, err := create(name)
	if err != nil {
		return nil, err
	}
	s := &stream{
		chunks: make(chan []byte, streamChunksMax),
		free:   make(chan []byte, 8),
		result: make(chan error, 1),
	}
	go s.write(file)
	return s, nil
}

// write puts chunks into the file until there are no more. After an error the rest is taken and
// dropped, and the error told at the end.
func (s *stream) write(file io.WriteCloser) {
	var failed error
	for chunk := range s.chunks {
		if failed == nil {
			_, failed = file.Write(chunk)
		}
		select {
		case s.free <- chunk[:0]:
		default:
		}
	}
	if err := file.Close(); failed == nil {
		failed = err
	}
	s.result <- failed
}

// line ends a line that the owner has appended to buffer.
func (s *stream) line() {
	s.buffer = append(s.buffer, '\n')
	s.bytes += int64(len(s.buffer) - s.ended)
	s.ended = len(s.buffer)
	if len(s.buffer) >= streamChunkBytes {
		s.chunks <- s.buffer
		s.renew()
	}
}

func (s *stream) renew() {
	s.ended = 0
	select {
	case s.buffer = <-s.free:
	default:
		s.buffer = make([]byte, 0, streamChunkBytes+streamChunkBytes/4)
	}
}

// flush passes on what is collected, unless that would mean to wait.
func (s *stream) flush() {
	if len(s.buffer) == 0 {
		return
	}
	select {
	case s.chunks <- s.buffer:
		s.renew()
	default:
	}
}

// close writes the rest and gives the first error of all writing.
func (s *stream) close(name string) error {
	if len(s.buffer) > 0 {
		s.chunks <- s.buffer
		s.buffer = nil
	}
	close(s.chunks)
	if err := <-s.result; err != nil {
		return fmt.Errorf("%s is not complete: %w", name, err)
	}
	return nil
}
