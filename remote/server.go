package remote

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// ServerOptions are those of a NATS server within this program.
type ServerOptions struct {
	Listen string // host:port; port 0 is any that is free; the default is ListenDefault
	Data   string // directory of its streams; empty for a temporary one
	Access        // what clients must show; Cert and Key are the server's own, CA has it ask clients for certificates
}

// ListenDefault is where the embedded server listens: on this machine only.
const ListenDefault = "127.0.0.1:4222"

// Server is a NATS server with JetStream within this program.
type Server struct {
	server    *server.Server
	temporary string
	scheme    string
}

// serverReady is how long an embedded server may take to start.
const serverReady = 10 * time.Second

// Serve starts a server. One that others can reach must ask for credentials.
func Serve(o ServerOptions) (*Server, error) {
	if o.Listen == "" {
		o.Listen = ListenDefault
	}
	host, portText, err := net.SplitHostPort(o.Listen)
	port, portErr := strconv.Atoi(portText)
	if err != nil || portErr != nil {
		return nil, fmt.Errorf("--listen %s: expected an address and a port, such as %s", o.Listen, ListenDefault)
	}
	if !loopback(host) && o.Token == "" && o.User == "" {
		return nil, fmt.Errorf("--listen %s: other machines could use a server that asks for no credentials: add --nats-token, or --nats-user and --nats-password, or listen on 127.0.0.1", o.Listen)
	}
	options := &server.Options{
		Host: host, Port: port, NoLog: true, NoSigs: true, JetStream: true, DisableJetStreamBanner: true,
		MaxPayload: payloadMax, StoreDir: o.Data, Authorization: o.Token,
	}
	if port == 0 {
		options.Port = server.RANDOM_PORT
	} else if err := free(o.Listen); err != nil {
		return nil, err
	}
	if o.User != "" {
		options.Users = []*server.User{{Username: o.User, Password: o.Password, Permissions: confined()}}
	}
	s := &Server{scheme: "nats"}
	if o.Cert != "" || o.Key != "" {
		if options.TLSConfig, err = o.serverTLS(); err != nil {
			return nil, err
		}
		options.TLS, s.scheme = true, "tls"
	}
	if options.StoreDir == "" {
		if s.temporary, err = os.MkdirTemp("", "eddy-nats-"); err != nil {
			return nil, err
		}
		options.StoreDir = s.temporary
	}
	return s, s.start(options)
}

func (s *Server) start(options *server.Options) (err error) {
	if s.server, err = server.NewServer(options); err != nil {
		s.clean()
		return fmt.Errorf("the embedded NATS server cannot start: %w", err)
	}
	s.server.Start()
	if !s.server.ReadyForConnections(serverReady) {
		s.Close()
		return fmt.Errorf("the embedded NATS server is not ready after %v: its streams in %s may belong to another one that still runs", serverReady, options.StoreDir)
	}
	return nil
}

// URL is where the server answers.
func (s *Server) URL() string {
	address := s.server.Addr().(*net.TCPAddr)
	ip := address.IP
	if ip.IsUnspecified() {
		ip = net.IPv4(127, 0, 0, 1)
	}
	return fmt.Sprintf("%s://%s", s.scheme, net.JoinHostPort(ip.String(), strconv.Itoa(address.Port)))
}

// Close ends the server, and removes what it kept if that was temporary.
func (s *Server) Close() {
	s.server.Shutdown()
	s.server.WaitForShutdown()
	s.clean()
}

func (s *Server) clean() {
	if s.temporary != "" {
		_ = os.RemoveAll(s.temporary)
	}
}

// confined are the permissions of the one user of an embedded server: Eddy's subjects, and JetStream's own.
func confined() *server.Permissions {
	return &server.Permissions{
		Publish:   &server.SubjectPermission{Allow: []string{"eddy.>", "$JS.API.>", "$JS.ACK.>", "$JS.FC.>", "$KV.eddy_orders.>", storePrefix + ">", "$O." + programBucket + ".>"}},
		Subscribe: &server.SubjectPermission{Allow: []string{"eddy.>", "$KV.eddy_orders.>"}},
	}
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// free tries an address, for the server itself only goes silent where it is taken.
func free(address string) error {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("--listen %s: %w; if a NATS server runs there, name it (--nats nats://%s), or listen on another port", address, errors.Unwrap(err), address)
	}
	return l.Close()
}

func (o ServerOptions) serverTLS() (*tls.Config, error) {
	own, err := tls.LoadX509KeyPair(o.Cert, o.Key)
	if err != nil {
		return nil, fmt.Errorf("the server's certificate cannot be used: %w; name both of its files, in PEM", err)
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{own}}
	if o.CA != "" {
		var pool *x509.CertPool
		if pool, err = authorities(o.CA); err != nil {
			return nil, err
		}
		config.ClientCAs, config.ClientAuth = pool, tls.RequireAndVerifyClientCert
	}
	return config, nil
}
