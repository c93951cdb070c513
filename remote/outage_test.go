package remote

import (
	"fmt"
	"net"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// cluster starts three servers that know each other, and gives their URLs.
func cluster(t *testing.T) (servers []*Server, urls []string) {
	t.Helper()
	var routes []*url.URL
	var ports []int
	for range 3 {
		l := must(net.Listen("tcp", "127.0.0.1:0"))(t)
		defer l.Close()
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
		routes = append(routes, must(url.Parse("nats://"+l.Addr().String()))(t))
		l.Close()
	}
	for i, port := range ports {
		s := &Server{scheme: "nats"}
		o := &server.Options{
			ServerName: fmt.Sprint("s", i), Host: "127.0.0.1", Port: server.RANDOM_PORT, NoLog: true, NoSigs: true, JetStream: true, StoreDir: t.TempDir(),
			Cluster: server.ClusterOpts{Name: "three", Host: "127.0.0.1", Port: port, NoAdvertise: true}, Routes: routes,
		}
		var err error
		if s.server, err = server.NewServer(o); err != nil {
			t.Fatal(err)
		}
		s.server.Start()
		servers = append(servers, s)
		t.Cleanup(s.Close)
	}
	for _, s := range servers {
		if !s.server.ReadyForConnections(serverReady) {
			t.Fatal("a server is not ready")
		}
		urls = append(urls, s.URL())
	}
	for until := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if leader := servers[0].server.JetStreamClusterPeers(); len(leader) == 3 || len(servers[1].server.JetStreamClusterPeers()) == 3 || len(servers[2].server.JetStreamClusterPeers()) == 3 {
			return servers, urls
		}
		if time.Now().After(until) {
			t.Fatal("the servers form no cluster")
		}
	}
}

func TestAServerOfThreeIsKilledUnderLoadAndNoResultIsLost(t *testing.T) {
	t.Parallel()
	servers, urls := cluster(t)
	reach := func(first int) *Conn {
		c := must(Connect(Access{URL: strings.Join(append(append([]string{}, urls[first:]...), urls[:first]...), ",")}))(t)
		t.Cleanup(c.Close)
		return c
	}
	const jobs = 600
	c := &counting{done: make([]atomic.Int32, jobs), delay: time.Millisecond}
	work(t, reach(0), "one", c, func(w *Worker) { w.Patience = 2 * time.Second })
	work(t, reach(1), "two", c, func(w *Worker) { w.Patience = 2 * time.Second })
	asker := reach(2)
	killed := false
	got, err := ask(t, asker, NewOrder(testBuild, jobs, nil), "", nil, func(st Status) bool {
		if !killed && st.Made > 50 {
			killed = true
			info := must(must(asker.queue(t.Context()))(t).work.Info(t.Context()))(t)
			if info.Config.Replicas != 3 {
				t.Errorf("the work has %d copies", info.Config.Replicas)
			}
			for _, s := range servers {
				if s.server.Name() == info.Cluster.Leader {
					s.server.Shutdown()
				}
			}
		}
		return true
	})
	if err != nil || !killed {
		t.Fatal(err, killed)
	}
	eachOnce(t, got.taken, jobs)
}

func TestAServerRestartsAndNoResultIsLost(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := must(Serve(ServerOptions{Listen: "127.0.0.1:0", Data: dir}))(t)
	address := strings.TrimPrefix(s.URL(), "nats://")
	const jobs = 200
	c := &counting{done: make([]atomic.Int32, jobs), delay: 2 * time.Millisecond}
	work(t, connect(t, s), "one", c, nil)
	restarted := false
	got, err := ask(t, connect(t, s), NewOrder(testBuild, jobs, nil), "", nil, func(st Status) bool {
		if !restarted && st.Made > 20 {
			restarted = true
			s.Close()
			time.Sleep(500 * time.Millisecond)
			again := must(Serve(ServerOptions{Listen: address, Data: dir}))(t)
			t.Cleanup(again.Close)
		}
		return true
	})
	if err != nil || !restarted {
		t.Fatal(err, restarted)
	}
	eachOnce(t, got.taken, jobs)
	told := strings.Join(got.said, "\n")
	if !strings.Contains(told, "is lost") || !strings.Contains(told, "Connected again") {
		t.Errorf("the asker is told %q", told)
	}
}
