package cli

import (
	"os"

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
