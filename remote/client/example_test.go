package client_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"

	"eddy/remote/client"
)

// A request to a node of eddy serve broadcast --cluster demo --id n1 --nodes n1,n2,n3.
func Example() {
	conn, err := nats.Connect("nats://127.0.0.1:4222")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer conn.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	var read struct{ Messages []int }
	err = client.New(conn, "demo").Call(ctx, "n1", map[string]string{"type": "read"}, &read)
	var refused *client.Error
	switch {
	case errors.As(err, &refused):
		fmt.Println("error", refused.Code, refused.Text)
	case err != nil:
		fmt.Println(err) // if it timed out, what became of the request is not known
	default:
		fmt.Println(read.Messages)
	}
}
