package cli

import (
	"fmt"
	"net"
	"os"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"eddy/remote"
)

// accessFlags are the flags that say how to reach a NATS server.
var accessFlags = []string{"nats-token", "nats-user", "nats-password", "nats-creds", "nats-nkey", "nats-ca", "nats-cert", "nats-key"}

// Secrets may come from the environment, where other users of the machine do not read them.
const (
	tokenVariable    = "EDDY_NATS_TOKEN"
	passwordVariable = "EDDY_NATS_PASSWORD"
)

// declareAccess declares the flags that NATS clients have.
func declareAccess(flags *pflag.FlagSet) *remote.Access {
	a := &remote.Access{}
	flags.StringVar(&a.Token, "nats-token", "", "token for the NATS server; better in $"+tokenVariable)
	flags.StringVar(&a.User, "nats-user", "", "user of the NATS server")
	flags.StringVar(&a.Password, "nats-password", "", "password of the user; better in $"+passwordVariable)
	flags.StringVar(&a.Creds, "nats-creds", "", "credentials file for the NATS server, as nsc writes it")
	flags.StringVar(&a.NKey, "nats-nkey", "", "file with the seed of an nkey for the NATS server")
	flags.StringVar(&a.CA, "nats-ca", "", "file of the authority that signed the NATS server's certificate")
	flags.StringVar(&a.Cert, "nats-cert", "", "file of a certificate to show the NATS server")
	flags.StringVar(&a.Key, "nats-key", "", "file of the key of that certificate")
	return a
}

// withEnvironment takes what is secret and was not given as a flag from the environment.
func withEnvironment(a remote.Access) remote.Access {
	if a.Token == "" && a.User == "" && a.Creds == "" && a.NKey == "" {
		a.Token = os.Getenv(tokenVariable)
	}
	if a.User != "" && a.Password == "" {
		a.Password = os.Getenv(passwordVariable)
	}
	return a
}

// natsFlags say which NATS server to use: one elsewhere, or one within this program.
type natsFlags struct {
	url    string
	listen string
	data   string
	access *remote.Access
	own    []string // flags that are for a server within this program
}

// declare declares them; dataFlag is where that server's directory is named.
func (n *natsFlags) declare(flags *pflag.FlagSet, dataFlag string) {
	flags.StringVar(&n.url, "nats", "", "URL of the NATS server, or of several of a cluster with commas between (default: one within this program)")
	flags.StringVar(&n.listen, "listen", remote.ListenDefault, "without --nats: where the server listens; elsewhere than on this machine it asks for credentials")
	flags.StringVar(&n.data, dataFlag, "", "without --nats: directory of what the server keeps (default: a temporary one)")
	n.access, n.own = declareAccess(flags), []string{"listen", dataFlag}
}

func (n *natsFlags) check(flags *pflag.FlagSet) error {
	if n.url != "" && slices.ContainsFunc(n.own, flags.Changed) {
		return fmt.Errorf("--%s with --nats: they are for a server within this program; leave one of them out", strings.Join(n.own, " and --"))
	}
	return nil
}

// connect connects, to a server of this program where none is named, of which it says how others reach it.
func (n *natsFlags) connect(flags *pflag.FlagSet, name, others string) (conn *remote.Conn, end func(), err error) {
	if err := n.check(flags); err != nil {
		return nil, nil, err
	}
	access := withEnvironment(*n.access)
	access.URL, access.Name = n.url, name
	end = func() {}
	if n.url == "" {
		server, err := remote.Serve(remote.ServerOptions{Listen: n.listen, Data: n.data, Access: access})
		if err != nil {
			return nil, nil, err
		}
		end = server.Close
		access.URL = server.URL()
		access.Cert, access.Key = "", "" // they are the server's
		host, _, _ := net.SplitHostPort(n.listen)
		fmt.Fprintf(os.Stdout, "NATS server at %s, on %s. %s %s.\n", server.URL(), host, others, server.URL())
	}
	if conn, err = remote.Connect(access); err != nil {
		end()
		return nil, nil, err
	}
	closeServer := end
	return conn, func() { conn.Close(); closeServer() }, nil
}
