package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"eddy/remote"
	"eddy/remote/client"
)

func callCommand() *cobra.Command {
	var within time.Duration
	var url string
	cmd := &cobra.Command{
		Use:   "call <cluster> <node> <body>",
		Short: "Ask a node that is served over NATS",
		Long: `Call sends a node the body of a request in Maelstrom's protocol, and prints the body
of the reply. The node is one of eddy serve --cluster:

  eddy call demo n1 '{"type": "read"}'
  eddy call demo n1 '{"type": "read"}' --nats nats://10.0.0.1:4222

Exit status: 0 with a reply, 1 if that is an error, 2 without one.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 3 {
				return fmt.Errorf("call takes a cluster, a node and a body, as in call demo n1 '{\"type\": \"read\"}', not %d arguments", len(args))
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&url, "nats", "nats://"+remote.ListenDefault, "URL of the NATS server")
	cmd.Flags().DurationVar(&within, "timeout", 5*time.Second, "how long to wait for the reply")
	access := declareAccess(cmd.Flags())
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		if !json.Valid([]byte(args[2])) {
			return fmt.Errorf("the body is not JSON: %s; expected an object such as {\"type\": \"read\"}", args[2])
		}
		reach := withEnvironment(*access)
		reach.URL, reach.Name = url, "eddy call"
		conn, err := remote.Connect(reach)
		if err != nil {
			return err
		}
		defer conn.Close()
		ctx, cancel := context.WithTimeout(context.Background(), within)
		defer cancel()
		var reply json.RawMessage
		err = conn.Client(args[0]).Call(ctx, args[1], json.RawMessage(args[2]), &reply)
		var coded *client.Error
		switch {
		case errors.As(err, &coded):
			fmt.Fprintf(os.Stderr, "%s replies with error %d: %s\n", args[1], coded.Code, coded.Text)
			return exitStatus(1)
		case errors.Is(err, client.ErrNotThere):
			return fmt.Errorf("no node %s of a cluster %s is connected to %s: start it with eddy serve SERVICE --cluster %s --id %s", args[1], args[0], conn.URL(), args[0], args[1])
		case errors.Is(err, context.DeadlineExceeded):
			return fmt.Errorf("%s has not replied within %v: whether it did what it was asked is not known", args[1], within)
		case err != nil:
			return err
		}
		fmt.Fprintf(os.Stdout, "%s\n", reply)
		return nil
	}
	return cmd
}
