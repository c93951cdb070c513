package remote

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"eddy/remote/client"
)

// Access is how to reach a NATS server, and what to show it.
type Access struct {
	URL            string // of one server, or of several of a cluster with commas between
	Token          string
	User, Password string
	Creds, NKey    string // files
	CA, Cert, Key  string // files: what signed the server's certificate, and a certificate of one's own
	Name           string // how the server's owner sees this connection
}

// Conn is a connection that comes back by itself when it is lost.
type Conn struct {
	nc   *nats.Conn
	js   jetstream.JetStream
	url  string      // without secrets
	news chan string // what became of the connection, for people
}

// Bounds on how long the server is waited for.
const (
	connectTimeout  = 5 * time.Second
	requestTimeout  = 5 * time.Second
	reconnectFirst  = 100 * time.Millisecond
	reconnectMax    = 5 * time.Second
	reconnectSpread = 4 // a pause is longer by up to a part of so many
)

// inboxPrefix keeps replies below the prefix of all subjects.
const inboxPrefix = "eddy.inbox"

// Connect connects. The error is a sentence with what to do.
func Connect(a Access) (*Conn, error) {
	if a.URL == "" {
		return nil, errors.New("no NATS server is named: give its URL, such as nats://127.0.0.1:4222")
	}
	c := &Conn{url: WithoutSecrets(a.URL), news: make(chan string, 16)}
	options := []nats.Option{
		nats.Name(a.Name), nats.Timeout(connectTimeout), nats.CustomInboxPrefix(inboxPrefix), nats.MaxReconnects(-1),
		nats.CustomReconnectDelay(reconnectDelay), nats.IgnoreAuthErrorAbort(),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil { // not at the end
				c.tell(fmt.Sprintf("The connection to %s is lost (%v): trying to reconnect.", c.url, err))
			}
		}),
		nats.ReconnectHandler(func(nc *nats.Conn) { c.tell("Connected again, to " + WithoutSecrets(nc.ConnectedUrl()) + ".") }),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			switch {
			case errors.Is(err, nats.ErrPermissionViolation):
				c.tell(fmt.Sprintf("%s forbids something that Eddy needs (%v): allow this user eddy.>, $JS.>, $KV.eddy_orders.>, $KV.eddy_nodes.> and $O.eddy_programs.>.", c.url, err))
			case errors.Is(err, nats.ErrSlowConsumer):
				c.tell("Messages are lost: more come than are taken.")
			}
		}),
	}
	secret, err := a.secrets()
	if err != nil {
		return nil, err
	}
	if c.nc, err = nats.Connect(a.URL, append(options, secret...)...); err != nil {
		return nil, c.explain(err)
	}
	if c.js, err = jetstream.New(c.nc, jetstream.WithDefaultTimeout(requestTimeout)); err != nil {
		c.nc.Close()
		return nil, err
	}
	return c, nil
}

// Close ends the connection, once what was sent has left.
func (c *Conn) Close() {
	_ = c.nc.FlushTimeout(time.Second) // a server that is gone gets nothing
	c.nc.Close()
}

// Client asks the nodes of a cluster.
func (c *Conn) Client(cluster string) client.Cluster { return client.New(c.nc, cluster) }

// URL is that of the server, without secrets.
func (c *Conn) URL() string { return c.url }

// tell passes a sentence on; where nobody listens it is dropped.
func (c *Conn) tell(text string) {
	select {
	case c.news <- text:
	default:
	}
}

// reconnectDelay grows with each attempt, and differs between those who have lost the same server.
func reconnectDelay(attempts int) time.Duration {
	pause := min(reconnectMax, reconnectFirst<<min(attempts, 16))
	return pause + rand.N(pause/reconnectSpread+1)
}

// secrets are the options that show the server who this is.
func (a Access) secrets() ([]nats.Option, error) {
	var all []nats.Option
	switch {
	case a.Creds != "":
		if _, err := os.Stat(a.Creds); err != nil {
			return nil, fmt.Errorf("the credentials file cannot be read: %w; nsc or the server's owner writes one", err)
		}
		all = append(all, nats.UserCredentials(a.Creds))
	case a.NKey != "":
		option, err := nats.NkeyOptionFromSeed(a.NKey)
		if err != nil {
			return nil, fmt.Errorf("the nkey file %s cannot be used: %w; it holds the seed of a user, as nk -gen user writes it", a.NKey, err)
		}
		all = append(all, option)
	case a.Token != "":
		all = append(all, nats.Token(a.Token))
	case a.User != "":
		all = append(all, nats.UserInfo(a.User, a.Password))
	}
	config, err := a.tls()
	if err != nil {
		return nil, err
	}
	if config != nil {
		all = append(all, nats.Secure(config))
	}
	return all, nil
}

// tls is what the files of certificates come to; nil without any.
func (a Access) tls() (*tls.Config, error) {
	if a.CA == "" && a.Cert == "" && a.Key == "" {
		return nil, nil
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if a.CA != "" {
		pool, err := authorities(a.CA)
		if err != nil {
			return nil, err
		}
		config.RootCAs = pool
	}
	if a.Cert != "" || a.Key != "" {
		own, err := tls.LoadX509KeyPair(a.Cert, a.Key)
		if err != nil {
			return nil, fmt.Errorf("the certificate cannot be used: %w; name both of its files, in PEM", err)
		}
		config.Certificates = []tls.Certificate{own}
	}
	return config, nil
}

func authorities(path string) (*x509.CertPool, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("the certificates of authorities cannot be read: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("%s holds no certificate in PEM: name the file of the authority that signed the server's", path)
	}
	return pool, nil
}

// explain turns what the NATS client says into a sentence with what to do.
func (c *Conn) explain(err error) error {
	var unknown x509.UnknownAuthorityError
	var host x509.HostnameError
	text := err.Error()
	switch {
	case errors.As(err, &unknown), strings.Contains(text, "certificate signed by unknown authority"):
		return fmt.Errorf("%s has a certificate of an authority that is not known here: name the authority's file with --nats-ca", c.url)
	case errors.As(err, &host):
		return fmt.Errorf("the certificate of %s is for another host: %w; use the name that it is for", c.url, err)
	case errors.Is(err, nats.ErrSecureConnRequired):
		return fmt.Errorf("%s speaks TLS only: write tls:// for nats://, and name its authority with --nats-ca if it is your own", c.url)
	case strings.Contains(text, "certificate required"), strings.Contains(text, "bad certificate"),
		strings.Contains(text, "closed by remote after TLS handshake"): // the refusal, where it comes behind the first write
		return fmt.Errorf("%s asks for a certificate (%w): name one with --nats-cert and --nats-key", c.url, err)
	case errors.Is(err, nats.ErrSecureConnWanted):
		return fmt.Errorf("%s does not speak TLS: leave --nats-ca, --nats-cert and tls:// out, or give the server a certificate", c.url)
	case errors.Is(err, nats.ErrAuthorization), errors.Is(err, nats.ErrAuthExpired), strings.Contains(strings.ToLower(text), "authorization violation"):
		return fmt.Errorf("%s refuses these credentials: check the password, token or file (--nats-user and --nats-password, --nats-token, --nats-creds, or EDDY_NATS_PASSWORD and EDDY_NATS_TOKEN)", c.url)
	case errors.Is(err, nats.ErrNoServers), errors.Is(err, nats.ErrTimeout), strings.Contains(text, "connection refused"), strings.Contains(text, "no such host"):
		return fmt.Errorf("no NATS server answers at %s (%w): start one there, nats-server -js, or a worker that brings its own, eddy worker", c.url, err)
	case errors.Is(err, jetstream.ErrJetStreamNotEnabled), errors.Is(err, jetstream.ErrJetStreamNotEnabledForAccount), errors.Is(err, nats.ErrNoResponders):
		return fmt.Errorf("the NATS server at %s has no JetStream, which keeps the work: start it with nats-server -js, or enable it for this account", c.url)
	}
	return fmt.Errorf("NATS at %s: %w", c.url, err)
}

// WithoutSecrets is a URL, or several with commas between, without what only their owner should read.
func WithoutSecrets(urls string) string {
	all := strings.Split(urls, ",")
	for i, text := range all {
		if u, err := url.Parse(strings.TrimSpace(text)); err == nil && u.User != nil {
			u.User = nil
			all[i] = u.String()
		}
	}
	return strings.Join(all, ",")
}
