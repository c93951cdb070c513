package remote

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"

	"github.com/nats-io/nats.go/jetstream"
)

// Programs that an order needs lie in an object store, by the SHA-256 of what they are: who takes one knows that it is the
// one that was meant, whoever put it there.
const (
	programBucket = "eddy_programs"
	// ProgramBytesMax is the largest program that is taken.
	ProgramBytesMax = 64 << 20
)

var hashForm = regexp.MustCompile(`^[0-9a-f]{64}$`)

// programs opens the store, or makes it, with three copies where the server is one of a cluster.
func (c *Conn) programs(ctx context.Context) (jetstream.ObjectStore, error) {
	store, err := c.js.ObjectStore(ctx, programBucket)
	for copies := 3; errors.Is(err, jetstream.ErrBucketNotFound); copies = 1 {
		store, err = c.js.CreateObjectStore(ctx, jetstream.ObjectStoreConfig{Bucket: programBucket, TTL: keptFor, Replicas: copies})
		if api := (*jetstream.APIError)(nil); copies > 1 && errors.As(err, &api) && api.ErrorCode == notClustered {
			err = jetstream.ErrBucketNotFound
		}
	}
	return store, err
}

// Keep has the server keep a program, and gives its hash.
func (c *Conn) Keep(ctx context.Context, program []byte) (hash string, err error) {
	if len(program) > ProgramBytesMax {
		return "", fmt.Errorf("the program has %d MiB; workers take up to %d", len(program)>>20, ProgramBytesMax>>20)
	}
	sum := sha256.Sum256(program)
	hash = hex.EncodeToString(sum[:])
	ctx, cancel := context.WithTimeout(ctx, beginMax)
	defer cancel()
	store, err := c.programs(ctx)
	if err != nil {
		return "", c.explain(err)
	}
	if _, err := c.Kept(ctx, hash); err == nil {
		return hash, nil
	}
	if _, err := store.PutBytes(ctx, hash, program); err != nil {
		return "", c.explain(err)
	}
	return hash, nil
}

// Kept gives a program that the server keeps. One that is another than its hash says is refused.
func (c *Conn) Kept(ctx context.Context, hash string) ([]byte, error) {
	if !hashForm.MatchString(hash) {
		return nil, fmt.Errorf("%.80q is the SHA-256 of no program", hash)
	}
	ctx, cancel := context.WithTimeout(ctx, beginMax)
	defer cancel()
	store, err := c.programs(ctx)
	if err != nil {
		return nil, c.explain(err)
	}
	info, err := store.GetInfo(ctx, hash)
	switch {
	case errors.Is(err, jetstream.ErrObjectNotFound):
		return nil, fmt.Errorf("the server does not have the program %.12s", hash)
	case err != nil:
		return nil, c.explain(err)
	case info.Size > ProgramBytesMax:
		return nil, fmt.Errorf("the program %.12s has %d MiB; this worker takes up to %d", hash, info.Size>>20, ProgramBytesMax>>20)
	}
	program, err := store.GetBytes(ctx, hash)
	if err != nil {
		return nil, c.explain(err)
	}
	if sum := sha256.Sum256(program); hex.EncodeToString(sum[:]) != hash {
		return nil, fmt.Errorf("what the server keeps as the program %.12s is another one", hash)
	}
	return program, nil
}
