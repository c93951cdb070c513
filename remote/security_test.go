package remote

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nkeys"
)

// refused checks that a connection, or what opens its streams, fails with a sentence.
func refused(t *testing.T, a Access, want string) {
	t.Helper()
	c, err := Connect(a)
	if err == nil {
		defer c.Close()
		_, err = c.queue(t.Context())
	}
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%+v: %v; want %s", a, err, want)
	}
}

// allowed checks that a connection can do all that a sweep needs.
func allowed(t *testing.T, a Access) {
	t.Helper()
	c := must(Connect(a))(t)
	t.Cleanup(c.Close)
	done := &counting{done: make([]atomic.Int32, 20)}
	work(t, c, "one", done, nil)
	second := must(Connect(a))(t)
	t.Cleanup(second.Close)
	got, err := ask(t, second, NewOrder(testBuild, 20, nil), "", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	eachOnce(t, got.taken, 20)
}

// foreign starts a server as others set one up.
func foreign(t *testing.T, o server.Options) string {
	t.Helper()
	o.Host, o.Port, o.NoLog, o.NoSigs, o.StoreDir = "127.0.0.1", server.RANDOM_PORT, true, true, t.TempDir()
	s := &Server{scheme: "nats"}
	if err := s.start(&o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s.URL()
}

func TestAPasswordAndATokenAreDemanded(t *testing.T) {
	t.Parallel()
	user := must(Serve(ServerOptions{Listen: "127.0.0.1:0", Access: Access{User: "eddy", Password: "right"}}))(t)
	t.Cleanup(user.Close)
	refused(t, Access{URL: user.URL()}, "refuses these credentials")
	refused(t, Access{URL: user.URL(), User: "eddy", Password: "wrong"}, "check the password")
	allowed(t, Access{URL: user.URL(), User: "eddy", Password: "right"})
	token := must(Serve(ServerOptions{Listen: "127.0.0.1:0", Access: Access{Token: "right"}}))(t)
	t.Cleanup(token.Close)
	refused(t, Access{URL: token.URL(), Token: "wrong"}, "refuses these credentials")
	allowed(t, Access{URL: token.URL(), Token: "right"})
}

func TestTheUserOfAnEmbeddedServerStaysBelowEddysPrefix(t *testing.T) {
	t.Parallel()
	s := must(Serve(ServerOptions{Listen: "127.0.0.1:0", Access: Access{User: "eddy", Password: "p"}}))(t)
	t.Cleanup(s.Close)
	c := must(Connect(Access{URL: s.URL(), User: "eddy", Password: "p"}))(t)
	t.Cleanup(c.Close)
	if err := c.nc.Publish("payroll.pay", nil); err != nil {
		t.Fatal(err)
	}
	select {
	case said := <-c.news:
		if !strings.Contains(said, "payroll.pay") {
			t.Error(said)
		}
	case <-time.After(5 * time.Second):
		t.Error("a message beyond the prefix is not refused")
	}
}

func TestAServerThatOthersReachDemandsCredentials(t *testing.T) {
	t.Parallel()
	for _, listen := range []string{"0.0.0.0:0", ":0", "10.1.2.3:4222", "[::]:0", "example.org:4222"} {
		if s, err := Serve(ServerOptions{Listen: listen}); err == nil || !strings.Contains(err.Error(), "asks for no credentials") {
			t.Errorf("%s: %v, %v", listen, s, err)
		}
	}
	if _, err := Serve(ServerOptions{Listen: "4222"}); err == nil || !strings.Contains(err.Error(), "expected an address and a port") {
		t.Error(err)
	}
	taken := serve(t)
	if _, err := Serve(ServerOptions{Listen: strings.TrimPrefix(taken.URL(), "nats://")}); err == nil || !strings.Contains(err.Error(), "listen on another port") {
		t.Error(err)
	}
}

// certificates writes an authority's certificate, and one that it signed, with its key.
func certificates(t *testing.T) (ca, cert, key string) {
	t.Helper()
	dir := t.TempDir()
	write := func(name, kind string, der []byte) string {
		path := filepath.Join(dir, name)
		must(0, os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600))(t)
		return path
	}
	authority := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))(t)
	root := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority"}, NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	rootDER := must(x509.CreateCertificate(rand.Reader, root, root, authority.Public(), authority))(t)
	own := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))(t)
	leaf := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "node"}, NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}}
	leafDER := must(x509.CreateCertificate(rand.Reader, leaf, root, own.Public(), authority))(t)
	keyDER := must(x509.MarshalECPrivateKey(own))(t)
	return write("ca.pem", "CERTIFICATE", rootDER), write("cert.pem", "CERTIFICATE", leafDER), write("key.pem", "EC PRIVATE KEY", keyDER)
}

func TestTLSOnBothSides(t *testing.T) {
	t.Parallel()
	ca, cert, key := certificates(t)
	otherCA, _, _ := certificates(t)
	s := must(Serve(ServerOptions{Listen: "127.0.0.1:0", Access: Access{Cert: cert, Key: key, CA: ca}}))(t)
	t.Cleanup(s.Close)
	if !strings.HasPrefix(s.URL(), "tls://") {
		t.Error(s.URL())
	}
	refused(t, Access{URL: s.URL()}, "name the authority's file with --nats-ca")
	refused(t, Access{URL: s.URL(), CA: otherCA}, "name the authority's file with --nats-ca")
	refused(t, Access{URL: s.URL(), CA: ca}, "--nats-cert")
	allowed(t, Access{URL: s.URL(), CA: ca, Cert: cert, Key: key})
	refused(t, Access{URL: serve(t).URL(), CA: ca}, "does not speak TLS")
}

func TestAnNKeyIsDemanded(t *testing.T) {
	t.Parallel()
	file := func() (path, public string) {
		pair := must(nkeys.CreateUser())(t)
		path = filepath.Join(t.TempDir(), "user.nk")
		must(0, os.WriteFile(path, must(pair.Seed())(t), 0o600))(t)
		return path, must(pair.PublicKey())(t)
	}
	right, public := file()
	wrong, _ := file()
	url := foreign(t, server.Options{JetStream: true, Nkeys: []*server.NkeyUser{{Nkey: public}}})
	refused(t, Access{URL: url, NKey: wrong}, "refuses these credentials")
	allowed(t, Access{URL: url, NKey: right})
}

func TestACredentialsFileIsDemanded(t *testing.T) {
	t.Parallel()
	operator, account, system := must(nkeys.CreateOperator())(t), must(nkeys.CreateAccount())(t), must(nkeys.CreateAccount())(t)
	resolver := &server.MemAccResolver{}
	for _, a := range []nkeys.KeyPair{account, system} {
		public := must(a.PublicKey())(t)
		claims := jwt.NewAccountClaims(public)
		if a == account {
			claims.Limits.JetStreamLimits = jwt.JetStreamLimits{MemoryStorage: jwt.NoLimit, DiskStorage: jwt.NoLimit, Streams: jwt.NoLimit, Consumer: jwt.NoLimit}
		}
		must(0, resolver.Store(public, must(claims.Encode(operator))(t)))(t)
	}
	trusted := must(jwt.DecodeOperatorClaims(must(jwt.NewOperatorClaims(must(operator.PublicKey())(t)).Encode(operator))(t)))(t)
	url := foreign(t, server.Options{JetStream: true, TrustedOperators: []*jwt.OperatorClaims{trusted}, AccountResolver: resolver,
		SystemAccount: must(system.PublicKey())(t)})
	creds := func(signer nkeys.KeyPair) string {
		user := must(nkeys.CreateUser())(t)
		token := must(jwt.NewUserClaims(must(user.PublicKey())(t)).Encode(signer))(t)
		path := filepath.Join(t.TempDir(), "user.creds")
		must(0, os.WriteFile(path, must(jwt.FormatUserConfig(token, must(user.Seed())(t)))(t), 0o600))(t)
		return path
	}
	refused(t, Access{URL: url}, "refuses these credentials")
	refused(t, Access{URL: url, Creds: creds(must(nkeys.CreateAccount())(t))}, "refuses these credentials")
	allowed(t, Access{URL: url, Creds: creds(account)})
}

func TestWhatIsMissingIsSaidWithTheRemedy(t *testing.T) {
	t.Parallel()
	refused(t, Access{}, "no NATS server is named")
	refused(t, Access{URL: "nats://127.0.0.1:1"}, "start one there, nats-server -js, or a worker that brings its own")
	refused(t, Access{URL: foreign(t, server.Options{})}, "has no JetStream, which keeps the work: start it with nats-server -js")
	refused(t, Access{URL: "nats://127.0.0.1:1", NKey: "/nowhere"}, "holds the seed of a user")
	s := serve(t)
	c := connect(t, s)
	must(c.js.CreateStream(t.Context(), jetstream.StreamConfig{Name: workStream, Subjects: []string{workSubjects}, Metadata: map[string]string{formatKey: "0"}}))(t)
	refused(t, Access{URL: s.URL()}, `is of another version of Eddy (format "0", this one has "1")`)
}

func TestHostileMessagesAreRefusedAndCounted(t *testing.T) {
	t.Parallel()
	s := serve(t)
	const jobs = 40
	c := &counting{done: make([]atomic.Int32, jobs), delay: 50 * time.Millisecond}
	worker := connect(t, s)
	attacker := connect(t, s)
	q := must(attacker.queue(t.Context()))(t)
	var sent int
	publish := func(subject, text string) {
		must(q.js.Publish(t.Context(), subject, []byte(text)))(t)
		sent++
	}
	publish("eddy.work."+testBuild+".short.1", "")
	publish("eddy.work."+testBuild+".orderorder.-1", "")
	publish("eddy.work."+testBuild+".orderorder.99999999999", "")
	publish("eddy.work."+testBuild+".orderorder.1", `{"bin": "/bin/sh"}`)
	if _, err := q.js.Publish(t.Context(), "eddy.work."+testBuild+".orderorder.1", make([]byte, 2<<10)); err == nil {
		t.Error("an oversized range is kept")
	}
	if _, err := q.js.Publish(t.Context(), "eddy.result.orderorder.1", make([]byte, payloadMax+1)); err == nil {
		t.Error("an oversized result is sent")
	}
	var said []string
	end := work(t, worker, "one", c, func(w *Worker) { w.Say = func(text string) { said = append(said, text) } })
	forged := false
	got, err := ask(t, connect(t, s), NewOrder(testBuild, jobs, nil), "", nil, func(st Status) bool {
		if !forged && st.Made > 0 { // the worker listens by now
			forged = true
			name := <-must(q.orders.ListKeys(t.Context()))(t).Keys()
			for n, text := range []string{`not JSON`, `{"worker":"w","results":[]}`, `{"worker":"w","results":["x"]}`, `{"worker":"w","results":[1,2,3,4]}`} {
				// Of a range that no worker has done yet.
				_, _ = q.js.Publish(t.Context(), resultSubject(name, jobs-1-n), []byte(text))
			}
			for _, text := range []string{`x`, `{"build":"sh","bound":1}`, `{"build":"` + testBuild + `","bound":-7}`} {
				must(0, attacker.nc.Publish(noticeSubject(name), []byte(text)))(t)
				sent++
			}
			must(0, attacker.nc.Flush())(t)
		}
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	eachOnce(t, got.taken, jobs)
	if got.last.Refused < 3 {
		t.Errorf("the asker refuses %d messages: %q", got.last.Refused, got.said)
	}
	if worked := end(); worked.Refused != sent {
		t.Errorf("the worker refuses %d messages of %d: %q", worked.Refused, sent, said)
	}
}

func TestAnOrderThatNoProgramWritesIsRefused(t *testing.T) {
	t.Parallel()
	for _, wrong := range []Order{
		{Format: 2, Build: testBuild, Jobs: 1, Batch: 1}, {Format: 1, Build: "../../etc", Jobs: 1, Batch: 1}, {Format: 1, Build: testBuild, Batch: 1},
		{Format: 1, Build: testBuild, Jobs: 1}, {Format: 1, Build: testBuild, Jobs: JobsMax + 1, Batch: 1000}, {Format: 1, Build: testBuild, Jobs: JobsMax, Batch: 1},
	} {
		if wrong.validate() == nil {
			t.Errorf("%+v is taken", wrong)
		}
	}
	for _, jobs := range []int{1, 399, 400, 12345, 1_000_000, JobsMax} {
		o := NewOrder(testBuild, jobs, json.RawMessage("1"))
		if err := o.validate(); err != nil {
			t.Errorf("%d jobs: %v", jobs, err)
		}
		if _, end := o.jobs(o.ranges() - 1); end != jobs {
			t.Errorf("%d jobs end at %d", jobs, end)
		}
	}
}

func TestSecretsOfAURLAreNotShown(t *testing.T) {
	t.Parallel()
	got := WithoutSecrets("nats://eddy:secret@a:4222,nats://token@b:4222,c:4222")
	if got != "nats://a:4222,nats://b:4222,c:4222" {
		t.Error(got)
	}
}
